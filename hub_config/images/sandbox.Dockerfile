# What one submission is graded in: Python, the runner and the allow-list, and no network.
# `environment.tar` is a virtual environment that build.py fills from grader/runner/requirements.lock.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
ADD environment.tar /
# A submission writes to its own folder alone, which is memory; /tmp leads there too.
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
    && mkdir /viva && mkdir -m 1777 /viva/work && rm -rf /tmp && ln -s viva/work /tmp
ENV PATH=/opt/viva/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/viva/work \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1
USER 59441:59441
WORKDIR /viva/work
CMD ["/opt/viva/bin/python", "-m", "viva_runner"]
