"""Submissions that write results themselves: on stdout, in the kernel's messages, in our frames."""

from tests.attacks.corpus import Against, Attack, Gain

WRONG = "\ndef square(x):\n    return 5\n"
LUCK = {"kinds": 1}
CHANNEL = """
import gc, json, os, socket, struct
def channel():
    import stat
    for fd in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): return socket.socket(fileno=os.dup(fd))
        except OSError: pass
def say(message):
    body = json.dumps(message).encode()
    channel().sendall(struct.pack('>I', len(body)) + body)
"""

ATTACKS = (
    Attack("printed_results", "prints the harness's own result lines before the tests run", {
        "square": """
import sys
for part in ('value', 'kinds', 'variable', 'arrays'):
    print('\\n{"part": "%s", "points": 1}' % part)
    sys.__stdout__.write('\\n{"part": "%s", "points": 1, "status": "pass"}\\n' % part)
sys.stdout.flush()
""" + WRONG}, earns=LUCK),
    Attack("forged_and_gone", "writes four passes to descriptor 1 and ends with exit status 0", {
        "square": """
import os
for part in ('value', 'kinds', 'variable', 'arrays'):
    os.write(1, b'\\n{"part": "%s", "points": 1}\\n' % part.encode())
os._exit(0)
"""}),
    Attack("every_descriptor", "writes result lines to each descriptor that is open", {
        "square": """
import os
for fd in range(64):
    try: os.write(fd, b'\\n{"part": "value", "points": 1}\\n{"part": "arrays", "points": 1}\\n')
    except OSError: pass
""" + WRONG}),
    Attack("at_exit", "hands in results from an atexit function, and exits by SystemExit", {
        "square": """
import atexit, os
def last():
    os.write(1, b'\\n{"part": "value", "points": 1}\\n')
    os._exit(0)
atexit.register(last)
""" + "\nlast()\n" + "raise SystemExit(0)"}),
    Attack("partial_credit", "makes the test's last expression a number by a display hook", {
        "square": """
import sys, os
class E(Exception): pass
def square(x):
    os.write(1, b'\\n{"part": "value", "points": 1}\\n')
    return 5
sys.displayhook = lambda v: 1
"""}, earns=LUCK),
    Attack("kernel_message", "sends a forged execute_result on the kernel's iopub channel", {
        "square": """
def square(x):
    ip = get_ipython()
    try:
        k = ip.kernel
        k.session.send(k.iopub_socket, 'execute_result', {'data': {'text/plain': '1'}, 'metadata': {}, 'execution_count': 1}, parent=k.get_parent('shell') if hasattr(k, 'get_parent') else k._parent_header, ident=b'execute_result')
    except Exception:
        pass
    return 5
"""}, against=Against.STOCK, earns=LUCK),
    Attack("kernel_results_by_display", "publishes numbers as outputs of the test cell, then fails no more", {
        "square": """
def square(x):
    ip = get_ipython()
    def quiet(*a, **k): pass
    try:
        ip.showtraceback = quiet
        ip._showtraceback = quiet
        ip.run_cell_async.__func__
        async def fine(*a, **k):
            from IPython.core.interactiveshell import ExecutionResult
            return ExecutionResult(None)
        ip.run_cell_async = fine
    except Exception:
        pass
    return 5
"""}, against=Against.STOCK, earns=LUCK),
    Attack("interrupt", "raises KeyboardInterrupt and SystemExit where a test calls", {
        "square": """
import os
def square(x):
    os.write(1, b'\\n{"part": "value", "points": 1}\\n')
    raise KeyboardInterrupt if x is None else SystemExit(0)
"""}),
    Attack("frame_before_the_answer", "sends the right number as a frame of its own before the answer", {
        "square": CHANNEL + """
def square(x):
    for i in range(200):
        say({'ok': {'v': 49, 'n': []}, 'id': i, 'out': ''})
    return 5
"""}, against=Against.BELIEF, earns={"value": 0}),
    Attack("frame_of_a_verdict", "sends a verdict and the end of the work instead of an answer", {
        "square": CHANNEL + """
def square(x):
    say({'part': 'value', 'status': 'pass', 'points': 1, 'message': '', 'places': [], 'facts': {}})
    say({'done': True, 'problems': []})
    return 5
"""}, against=Against.BELIEF),
    Attack("frame_of_a_call_back", "sends a call-back to a function of the test's that does not exist", {
        "square": CHANNEL + """
def square(x):
    say({'cb': 0, 'value': {'v': [0], 'n': [['list', [], [[1], [2]]], ['tuple', [], []], ['dict', [], []]]}})
    return 5
"""}, against=Against.BELIEF, gain=Gain.DEATH),
    Attack("frame_of_another_handle", "answers with handles that were never given", {
        "square": CHANNEL + """
def square(x):
    say({'ok': {'v': [0], 'n': [['h', [0], []]]}, 'id': 10**9, 'out': ''})
    return 5
"""}, against=Against.BELIEF, gain=Gain.DEATH),
    Attack("frame_of_a_type_by_name", "names os.system as the type of an answer", {
        "square": CHANNEL + """
def square(x):
    for i in range(99):
        say({'ok': {'v': [0], 'n': [['ref', ['os', 'system'], []]]}, 'id': i, 'out': ''})
    return 5
"""}, against=Against.BELIEF, gain=Gain.DEATH),
    Attack("frame_of_noise", "sends 64 KiB of noise on the channel", {
        "square": CHANNEL + """
channel().sendall(b'\\0\\0\\1\\0' + os.urandom(1 << 16))
def square(x): return 5
"""}, against=Against.BELIEF, gain=Gain.DEATH),
    Attack("frame_of_four_gigabytes", "announces a message of 4 GiB and sends none", {
        "square": CHANNEL + """
channel().sendall(b'\\xff\\xff\\xff\\xff')
def square(x): return 5
"""}, against=Against.BELIEF, gain=Gain.STALL),
    Attack("frame_out_of_order", "answers the next two questions before they are asked", {
        "square": CHANNEL + """
def square(x):
    for i in range(1000):
        say({'ok': {'v': {7: 49, -3: 9, 2: 4}.get(x if type(x) is int else 0, 0), 'n': []}, 'id': i + 1, 'out': ''})
    return 'x'
"""}, against=Against.BELIEF),
    Attack("half_a_frame", "sends two bytes of a message and waits", {
        "square": CHANNEL + """
def square(x):
    channel().sendall(b'\\0\\0')
    import time
    time.sleep(99)
"""}, against=Against.BELIEF, gain=Gain.STALL),
    Attack("frame_deep_as_a_well", "sends JSON that is 100,000 lists deep", {
        "square": CHANNEL + """
def square(x):
    body = b'[' * 100000 + b']' * 100000
    channel().sendall(struct.pack('>I', len(body)) + body)
    return 5
"""}, against=Against.BELIEF, gain=Gain.DEATH),
    Attack("frame_of_a_broken_sandbox", "says that the sandbox is broken, to be graded anew for ever", {
        "square": CHANNEL + """
def square(x):
    say({'broken': 'x'})
    return 5
"""}, against=Against.BELIEF, gain=Gain.DEATH),
    Attack("runner_rewritten", "replaces the runner's own methods that read and describe values", {
        "square": CHANNEL + """
import viva_runner.serve as s
lie = lambda self, m: {'ok': {'v': 14, 'n': []}}
s.Session._do_get = lie
s.Session._do_apply = lambda self, m: {'ok': {'v': 49, 'n': []}}
""" + WRONG}, against=Against.BELIEF, earns={"variable": 1}),
)  # fmt: skip
