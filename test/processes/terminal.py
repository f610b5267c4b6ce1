"""Runs a command on a terminal of its own and passes on what it shows: terminal.py COLUMNS ROWS COMMAND...

A line "size COLUMNS ROWS" on stdin resizes the window; any other line is typed, with ^C for Ctrl-C."""
import fcntl, os, pty, select, struct, sys, termios

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]

def resize(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

pid, fd = pty.fork()
if pid == 0:
    resize(0, columns, rows)
    os.environ["TERM"] = "xterm-256color"
    os.execvp(command[0], command)

sources = [fd, 0]
while True:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        lines = os.read(0, 4096).decode()
        if lines == "":
            sources.remove(0)
        for line in lines.splitlines():
            if line.startswith("size "):
                resize(fd, *map(int, line.split()[1:]))
            else:
                os.write(fd, line.replace("^C", "\x03").encode())
    if fd in ready:
        try:
            shown = os.read(fd, 65536)
        except OSError:  # The other end is closed.
            break
        if not shown:
            break
        os.write(1, shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
