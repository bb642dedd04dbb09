"""Types the given lines at a program's prompts in a terminal of its own and prints what the terminal showed:
typing_terminal.py LINE… -- PROGRAM ARGUMENT…. Ends as the program does."""
import os
import pty
import sys

split = sys.argv.index("--")
lines, command = sys.argv[1:split], sys.argv[split + 1 :]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
shown = b""
typed = 0
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    while typed < len(lines) and shown.count(b": ") > typed and shown.endswith(b": "):
        text = lines[typed].encode().decode("unicode_escape").encode()
        # Whoever types control-C does not press enter.
        os.write(terminal, text if text.endswith(b"\x03") else text + b"\n")
        typed += 1
        break
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
