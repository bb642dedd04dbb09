"""Answers on loopback as no daemon of the house does: odd_server.py MODE [IDENTITY].

MODE: silent (takes connections and says nothing), hangup (ends them), clear (HTTP without TLS), old (TLS 1.2), page (HTTP/1.0, an
HTML page), missing (a problem that says that there is nothing), switch (says that it has the database of document.json, and after
the first question that it has another one, of users in buckets; requests.txt gets the paths)."""
import http.server
import json
import socketserver
import ssl
import sys
import time

mode, identity = sys.argv[1], (sys.argv + [""])[2]


class Silent(socketserver.BaseRequestHandler):
    def handle(self):
        if mode == "silent":
            time.sleep(600)


class Page(http.server.BaseHTTPRequestHandler):
    documents = 0

    def do_GET(self):
        if mode == "switch":
            with open("requests.txt", "a") as requests:
                requests.write(self.path + "\n")
            self.send_response(200 if self.path == "/v1/database" else 410)
            if self.path == "/v1/database":
                document = json.load(open("document.json"))
                document.pop("batch", None)
                Page.documents += 1
                if Page.documents > 1:
                    document.update(kind="credentials", buckets=1024, version="b" * 32)
                body = json.dumps(document).encode()
                self.send_header("content-type", "application/json")
            else:
                problem = {"type": "urn:hitoku:problem:unknown-version", "title": "x", "status": 410}
                body = json.dumps(problem).encode()
                self.send_header("content-type", "application/problem+json")
        elif mode == "missing":
            body = json.dumps({"type": "urn:hitoku:problem:not-found", "title": "x", "status": 404}).encode()
            self.send_response(404)
            self.send_header("content-type", "application/problem+json")
        else:
            body = b"<html><body>It works!</body></html>"
            self.send_response(200)
            self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Silent if mode in ("silent", "hangup") else Page)
if identity:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity + "/certificate.pem", identity + "/key.pem")
    if mode == "old":
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(f"listening on port {server.server_address[1]}", file=sys.stderr, flush=True)
server.serve_forever()
