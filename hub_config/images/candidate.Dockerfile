# What a candidate's server and kernels run from: Python, JupyterLab, the panel and the allow-list.
# `environment.tar` is a virtual environment that build.py fills from extensions/lab/requirements.lock;
# no compiler, no Node, no package cache and nothing of the grader ever enters this context.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
ADD environment.tar /
RUN mkdir -m 0700 /home/candidate /notes && chown 59440:59440 /home/candidate /notes \
    && mkdir -m 0755 /pg \
    && find / -xdev -type f -perm /6000 -exec chmod a-s {} +
ENV PATH=/opt/viva/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/home/candidate \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    JUPYTER_RUNTIME_DIR=/tmp/jupyter-runtime \
    JUPYTER_DATA_DIR=/notes/data \
    JUPYTERLAB_SETTINGS_DIR=/notes/user \
    JUPYTERLAB_WORKSPACES_DIR=/notes/workspaces \
    IPYTHONDIR=/tmp/ipython \
    PLOOMBER_STATS_ENABLED=false \
    MPLCONFIGDIR=/tmp/matplotlib
USER 59440:59440
WORKDIR /home/candidate
EXPOSE 8888
CMD ["/opt/viva/bin/python", "-m", "viva_lab.serve"]
