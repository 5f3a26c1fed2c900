"""Decides whether the commands that wall a room in say what they should."""

import json
import struct
from pathlib import Path

import pytest
from viva_hub.embedded import server, syscalls
from viva_hub.embedded.folder import CONFIGURATION, Folder, named
from viva_hub.embedded.limits import Limits, per_process
from viva_hub.embedded.walls import (
    Mount,
    Room,
    Scratch,
    from_inside,
    inner,
    interpreter_mounts,
    outer,
    system_links,
    system_mounts,
)

ROOM = Room(
    mounts=(Mount("/srv/a", "/deep/er/a"), Mount("/srv/b", "/b", writable=True)),
    scratch=(Scratch("/tmp", 4, "1777"),),  # noqa: S108 -- a path inside
    environment={"HOME": "/b"},
    start_in="/b",
)


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "base" / "bin").mkdir(parents=True)
    (tmp_path / "base" / "bin" / "python3").touch()
    (tmp_path / "alias").symlink_to(tmp_path / "base")
    made = tmp_path / "env"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "python").symlink_to(tmp_path / "alias" / "bin" / "python3")
    return made


@pytest.fixture
def plan(environment):
    return server.Plan(environment, Limits(1024, 256, 1.0, 256), 64, "shop")


def triples(words):
    return [tuple(words[index : index + 3]) for index in range(len(words) - 2)]


def test_inner_walls_share_no_namespace_and_no_environment():
    words = inner(ROOM, ["program"])
    assert {"--unshare-user", "--unshare-all", "--die-with-parent", "--clearenv"} <= set(words)
    assert words[-2:] == ["--", "program"]
    assert "--share-net" not in words
    assert words.count("--setenv") == 1


@pytest.mark.parametrize("nests", [True, False])
def test_only_a_room_that_nests_may_make_namespaces(nests):
    room = Room(ROOM.mounts, ROOM.scratch, {}, "/", nests=nests)
    assert ("--disable-userns" in inner(room, ["program"])) is not nests


def test_what_a_room_does_not_write_is_mounted_read_only():
    words = triples(inner(ROOM, ["program"]))
    assert ("--ro-bind", "/srv/a", "/deep/er/a") in words
    assert ("--bind", "/srv/b", "/b") in words


def test_root_and_devices_are_closed_after_everything_is_mounted():
    words = inner(ROOM, ["program"])
    last_mount = max(index for index, word in enumerate(words) if word in {"--bind", "--ro-bind"})
    assert words.index("--remount-ro") > last_mount
    assert [words[i + 1] for i, w in enumerate(words) if w == "--remount-ro"] == ["/dev", "/"]


def test_parents_of_mounts_are_open_to_other_users():
    words = inner(ROOM, ["program"])
    for parent in ("/deep", "/deep/er"):
        at = words.index(parent)
        assert words[at - 3 : at] == ["--perms", "0755", "--dir"]


def test_scratch_is_bounded_in_bytes():
    words = inner(ROOM, ["program"])
    at = words.index("--tmpfs")
    assert words[at - 4 : at + 2] == ["--perms", "1777", "--size", "4194304", "--tmpfs", "/tmp"]  # noqa: S108


def test_outer_walls_take_the_uid_before_anything_of_the_candidate_runs():
    words = outer(ROOM, ["program"], uid=7)
    end = words.index("--")
    assert words[end + 1 :] == [
        "setpriv", "--reuid=7", "--regid=7", "--clear-groups", "--no-new-privs", "--", "program",
    ]  # fmt: skip


def test_a_room_seen_from_inside_mounts_each_thing_from_where_it_is():
    assert from_inside(ROOM).mounts[0] == Mount("/deep/er/a", "/deep/er/a")
    assert from_inside(ROOM).environment == ROOM.environment


def test_interpreter_is_there_at_every_prefix_that_leads_to_it(environment, tmp_path):
    mounts = interpreter_mounts(environment)
    real = str(tmp_path / "base")
    assert Mount(real, str(tmp_path / "alias")) in mounts
    assert all(mount.source == real and not mount.writable for mount in mounts)


def test_merged_systems_have_links_and_others_folders(tmp_path):
    for folder in ("usr/lib", "usr/bin", "bin", "etc"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    (tmp_path / "etc" / "ld.so.cache").touch()
    (tmp_path / "etc" / "shadow").touch()
    assert system_links(tmp_path) == {"/lib": "usr/lib"}
    targets = [mount.target for mount in system_mounts(tmp_path)]
    assert targets == ["/usr", "/bin", "/etc/ld.so.cache"]


def test_kernel_sees_less_than_its_server(plan, tmp_path):
    folder = Folder(tmp_path / "c-x", None)
    spec = json.loads(server.kernelspec(plan, folder))
    mounts = triples(spec["argv"])
    seen = {target for option, _, target in mounts if option in {"--bind", "--ro-bind"}}
    assert "/home/candidate" in seen
    assert [target for target in seen if target.startswith("/run")] == []
    assert ("--bind", "{connection_dir}", "{connection_dir}") in mounts
    assert "--disable-userns" in spec["argv"]
    assert str(tmp_path / "c-x") not in spec["argv"]
    assert spec["interrupt_mode"] == "message"
    assert spec["display_name"] == "Python 3 (interview)"


def test_kernel_without_a_database_has_no_socket_and_no_address(plan, tmp_path):
    bare = server.Plan(plan.environment, plan.limits, 64, None)
    argv = json.loads(server.kernelspec(bare, Folder(tmp_path, None)))["argv"]
    assert "/pg" not in argv
    assert "DATABASE_URL" not in argv


def test_secrets_of_a_server_are_in_its_message_alone(plan, tmp_path):
    message = server.launch_message({"NAME": "hush-hush"}, ["--x"], listening=9, hub_port=8081)
    told = json.loads(message)
    assert told["environment"]["NAME"] == "hush-hush"
    assert told["arguments"][0] == "--x"
    room = server.server_room(plan, Folder(tmp_path, None))
    assert "hush-hush" not in json.dumps(inner(room, server.server_command(plan.limits)))


def test_operators_arguments_cannot_undo_the_walls():
    theirs = "--ServerApp.kernel_manager_class=other"
    ours = f"--ServerApp.kernel_manager_class={server.KERNELS}"
    told = json.loads(server.launch_message({}, [theirs], listening=9, hub_port=1))
    assert told["arguments"].index(theirs) < told["arguments"].index(ours)


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "", "Name", "x" * 40, "a b", "-x"])
def test_no_user_name_leaves_the_folder_of_candidates(name):
    folder = named(Path("/home"), name)
    assert folder.parent == Path("/home/candidates")
    assert folder.name.startswith("x-")


def test_candidates_name_is_the_folders_name():
    assert named(Path("/home"), "c-abc234abc234") == Path("/home/candidates/c-abc234abc234")


def test_folder_is_closed_whatever_the_umask(tmp_path):
    folder = Folder(tmp_path / "candidates" / "c-x", None)
    folder.make()
    assert folder.root.stat().st_mode & 0o777 == 0o700
    assert folder.notebooks.stat().st_mode & 0o777 == 0o700
    assert folder.door.stat().st_mode & 0o777 == 0o755
    assert {path.name for path in folder.configuration.iterdir()} == set(CONFIGURATION)
    folder.make()


def test_process_limits_are_in_bytes():
    words = per_process(Limits(1, 2, 1.0, 3), ["program"])
    assert words == [
        "prlimit", "--data=1048576", "--fsize=3145728", "--nproc=2", "--nofile=4096",
        "--core=0", "--", "program",
    ]  # fmt: skip


def run_filter(code: bytes, number: int, argument: int = 0, arch: int = 0xC000003E) -> int:
    """Interpret a filter as the kernel would; return its verdict."""
    data = struct.pack("=iIQQ", number, arch, 0, argument)
    steps = list(struct.iter_unpack("=HBBI", code))
    at, value = 0, 0
    while True:
        operation, yes, no, operand = steps[at]
        at += 1
        match operation:
            case syscalls.LOAD:
                (value,) = struct.unpack_from("=I", data, operand)
            case syscalls.RETURN:
                return operand
            case syscalls.IF_EQUAL:
                at += yes if value == operand else no
            case syscalls.IF_ANY:
                at += yes if value & operand else no
            case syscalls.IF_NOT_BELOW:
                at += yes if value >= operand else no


@pytest.mark.parametrize("nests", [True, False])
@pytest.mark.parametrize(
    ("number", "argument", "verdict"),
    [
        (0, 0, syscalls.ALLOW),  # read
        (250, 0, syscalls.REFUSE | 1),  # keyctl
        (41, 1, syscalls.ALLOW),  # socket, AF_UNIX
        (41, 16, syscalls.ALLOW),  # socket, AF_NETLINK
        (41, 40, syscalls.REFUSE | 97),  # socket, AF_VSOCK
        (0x40000001, 0, syscalls.KILL),  # the x32 interface
    ],
)
def test_filter_decides_as_listed(nests, number, argument, verdict):
    code = syscalls.seccomp_filter(nests=nests, machine="x86_64")
    assert run_filter(code, number, argument) == verdict


@pytest.mark.parametrize(("number", "argument"), [(272, 0), (56, 0x10000000), (165, 0), (308, 0)])
def test_filter_lets_only_a_nesting_room_make_namespaces(number, argument):
    nesting = syscalls.seccomp_filter(nests=True, machine="x86_64")
    closed = syscalls.seccomp_filter(nests=False, machine="x86_64")
    assert run_filter(nesting, number, argument) == syscalls.ALLOW
    assert run_filter(closed, number, argument) == syscalls.REFUSE | 1
    assert run_filter(closed, 56, 0x11) == syscalls.ALLOW


def test_filter_ends_calls_of_another_architecture():
    code = syscalls.seccomp_filter(nests=False, machine="x86_64")
    assert run_filter(code, 0, arch=0x40000003) == syscalls.KILL


def test_filter_is_empty_where_numbers_are_unknown():
    assert syscalls.seccomp_filter(nests=False, machine="riscv64") == b""
