"""Decides nothing: hands the command line to the zygote."""

import sys

from viva_runner.zygote import main

main(sys.argv[1:])
