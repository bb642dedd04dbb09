"""Stands between a client and the daemon, notes the path of every request, and flips one bit of the answers to one kind of
request, or refuses the first of them: altering_proxy.py IDENTITY DAEMON_PORT KIND PLACE|STATUS:PROBLEM LOG."""
import http.client
import http.server
import json
import ssl
import sys

identity, daemon, kind, place, log = sys.argv[1:6]
anyone = ssl.create_default_context()
anyone.check_hostname = False
anyone.verify_mode = ssl.CERT_NONE
refusals = [place] if ":" in place else []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with open(log, "a") as notes:
            print(self.path, file=notes)
        wanted = self.path.endswith("/" + kind)
        if wanted and refusals:
            status, problem = refusals.pop().split(":")
            body = {"type": "urn:hitoku:problem:" + problem, "title": "Refused.", "status": int(status)}
            self.answer(int(status), "application/problem+json", json.dumps(body).encode())
            return
        link = http.client.HTTPSConnection("127.0.0.1", int(daemon), context=anyone)
        kept = {name: self.headers[name] for name in ("content-type", "authorization") if name in self.headers}
        link.request(self.command, self.path, body, kept)
        answer = link.getresponse()
        body = bytearray(answer.read())
        if wanted and ":" not in place:
            body[int(place)] ^= 1
        self.answer(answer.status, answer.getheader("content-type"), body)

    def answer(self, status, kind_of_body, body):
        self.send_response(status)
        self.send_header("content-type", kind_of_body)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = forward

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(identity + "/certificate.pem", identity + "/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(f"listening on port {server.server_port}", file=sys.stderr, flush=True)
server.serve_forever()
