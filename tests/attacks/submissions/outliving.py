"""Submissions that outlive their end, ignore signals, or kill who watches them."""

from tests.attacks.corpus import Against, Attack, Gain

LUCK = {"kinds": 1}
FIVE = "\ndef square(x):\n    return 5\n"

ATTACKS = (
    Attack("ignored_signals", "ignores every signal that can be ignored, and spins", {
        "square": "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n    except Exception: pass\ndef square(x):\n    while type(x) is int and x == 7: pass\n    return 5"},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("blocked_signals", "blocks every signal, and sleeps", {
        "square": "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ndef square(x):\n    if type(x) is int and x == 7: time.sleep(60)\n    return 5"},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("orphan", "leaves a daemon: two forks and a session of its own", {
        "square": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        for fd in range(256):\n            try: os.close(fd)\n            except OSError: pass\n        time.sleep(600)\n    os._exit(0)\nos.wait()" + FIVE},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("orphan_that_holds_the_output", "leaves a daemon that keeps every descriptor open", {
        "square": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\n    os._exit(0)" + FIVE},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("orphan_named", "leaves a program under a name of its own that forks when it is told to end", {
        "square": "import ctypes, os, signal, time\nif os.fork() == 0:\n    ctypes.CDLL(None).prctl(15, b'viva-left', 0, 0, 0)\n    def again(*a):\n        if os.fork(): os._exit(0)\n    signal.signal(signal.SIGTERM, again)\n    os.setsid()\n    while True: time.sleep(1)" + FIVE},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("subprocess", "starts a shell that sleeps", {
        "square": "import subprocess\ntry: subprocess.Popen(['/bin/sh', '-c', 'sleep 600'], start_new_session=True)\nexcept OSError: pass" + FIVE},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("child_subreaper", "becomes the one that inherits orphans, and never waits for them", {
        "square": "import ctypes, os, time\nctypes.CDLL(None).prctl(36, 1, 0, 0, 0)\nfor _ in range(5):\n    if os.fork() == 0:\n        if os.fork() == 0:\n            os.setsid()\n            time.sleep(600)\n        os._exit(0)" + FIVE},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("listener", "leaves a listening socket behind", {
        "square": "import os, socket, time\nif os.fork() == 0:\n    os.setsid()\n    s = socket.create_server(('127.0.0.1', 47123))\n    u = socket.socket(socket.AF_UNIX)\n    u.bind('\\0viva-left')\n    u.listen()\n    time.sleep(600)" + FIVE},
        gain=Gain.SURVIVOR, earns=LUCK),
    Attack("killed_parents", "kills its parent, the first process and everybody", {
        "square": "import os, signal\nfor pid in [os.getppid(), 1, 2, 3, -1]:\n    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass" + FIVE},
        gain=Gain.DEATH, earns=LUCK),
    Attack("stopped_parents", "stops its parent, its group and the first process", {
        "square": "import os, signal\nfor pid in [os.getppid(), 1]:\n    try: os.kill(pid, signal.SIGTERM)\n    except OSError: pass\nfor pid in [os.getppid(), 1]:\n    try: os.kill(pid, signal.SIGSTOP)\n    except OSError: pass" + FIVE},
        gain=Gain.DEATH, earns=LUCK),
    Attack("killed_siblings", "kills every process number there could be but its own", {
        "square": "import os, signal\nfor pid in range(2, 5000):\n    if pid != os.getpid():\n        try: os.kill(pid, signal.SIGKILL)\n        except OSError: pass" + FIVE},
        gain=Gain.DEATH, earns=LUCK),
    Attack("closed_descriptors", "closes every descriptor it has", {
        "square": "import os\nfor fd in range(256):\n    try: os.close(fd)\n    except OSError: pass" + FIVE},
        gain=Gain.DEATH, against=Against.BELIEF, earns=LUCK),
    Attack("exec", "becomes another program, which keeps the channel", {
        "square": "import os\ndef square(x):\n    if type(x) is int and x == 7: os.execv('/bin/sh', ['sh', '-c', 'sleep 600'])\n    return 5"},
        gain=Gain.STALL, earns=LUCK),
    Attack("stop_itself", "stops itself, so that nobody waits with success", {
        "square": "import os, signal\ndef square(x):\n    if type(x) is int and x == 7: os.kill(os.getpid(), signal.SIGSTOP)\n    return 5"},
        gain=Gain.STALL, earns=LUCK),
    Attack("exit_statuses", "ends by exit, abort and a signal, as if it had succeeded", {
        "square": "import os\ndef square(x):\n    os.write(1, b'\\n{\"part\": \"value\", \"points\": 1}\\n')\n    os._exit(0)"}),
    Attack("marks_in_shared_places", "leaves files under names of its own wherever it can write", {
        "square": "import os\nfor place in ('/tmp', '/dev/shm', '/var/tmp', '/', '/run', os.path.expanduser('~')):\n    try:\n        open(place + '/viva-left-file', 'w').close()\n        os.mkfifo(place + '/viva-left-pipe')\n        if place == '/dev/shm' and os.environ.get('VIVA_ATTACKS_SECRET'): loot.append('a file that stays')\n    except OSError: pass" + FIVE},
        gain=Gain.LOOT, earns=LUCK),
    Attack("fifos_for_readers", "puts FIFOs, links and folders where somebody might read a result", {
        "square": "import os\nfor n in ('result.json', 'results.json', 'output', 'notebook.ipynb', 'grade.json'):\n    try: os.mkfifo(n)\n    except OSError: pass\n    try: os.symlink('/dev/zero', n + '.link')\n    except OSError: pass\nif os.environ.get('VIVA_ATTACKS_SECRET'): loot.append('a folder that is read from outside')" + FIVE},
        gain=Gain.LOOT, earns=LUCK),
)  # fmt: skip
