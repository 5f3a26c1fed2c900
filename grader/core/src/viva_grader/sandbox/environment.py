"""Decides what a submission finds in its environment: the same in every sandbox."""

WORK = "/viva/work"
"""A submission's folder inside; its own memory, gone with it."""
RUNNER = "/viva"
"""What holds the package ``viva_runner`` where the interpreter's own environment does not."""

# numpy's own thread pools would multiply with the number of submissions; PYTHONHASHSEED fixes the
# order of sets, so that one submission always gives one grade.
# pyarrow's own pool reserves a gigabyte of addresses, which the limit of memory would count.
# glibc's huge pages: what is forked from has fewer page tables, which each fork copies and frees.
ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "HOME": WORK,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://viva_runner.plotting",
    "MPLCONFIGDIR": WORK,
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": RUNNER,
    "PYTHONSAFEPATH": "1",
    "TZ": "UTC",
}
