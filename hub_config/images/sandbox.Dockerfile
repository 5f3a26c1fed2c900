# What one submission is graded in: Python, the runner and the allow-list, and no network.
# `env/` is a relocatable virtual environment that build.py fills from grader/runner/requirements.lock.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
COPY env /opt/viva
RUN ln -s "$(command -v python3)" /opt/viva/bin/python \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +
ENV PATH=/opt/viva/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1
USER 1000:1000
WORKDIR /tmp
CMD ["/opt/viva/bin/python", "-m", "viva_runner"]
