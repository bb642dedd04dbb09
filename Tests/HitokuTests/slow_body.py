"""Begins a contribution over TLS, sends three bytes of it, waits, and prints the answer: HOST:PORT PATH TOKEN."""

import socket
import ssl
import sys

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
host, port = sys.argv[1].split(":")
link = context.wrap_socket(socket.create_connection((host, int(port)), timeout=20))
link.sendall(
    f"POST {sys.argv[2]} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n"
    f"Authorization: Bearer {sys.argv[3]}\r\n\r\nabc".encode())
answer = b""
while part := link.recv(65536):
    answer += part
print(answer.decode())
