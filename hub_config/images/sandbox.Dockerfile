# What one submission is graded in: Python, the runner and the allow-list, and no network.
# `environment.tar` is a virtual environment that build.py fills from grader/runner/requirements.lock.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
ADD environment.tar /
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +
ENV PATH=/opt/viva/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1
USER 59441:59441
WORKDIR /tmp
CMD ["/opt/viva/bin/python", "-m", "viva_runner"]
