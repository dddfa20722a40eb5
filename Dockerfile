# One image for web, worker and scheduler: see compose.yaml.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/venv
COPY requirements.txt /requirements.txt
RUN /opt/venv/bin/pip install -r /requirements.txt

FROM python:3.11-slim-bookworm
# What WeasyPrint draws with; the fonts come with the portal.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig-config libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /srv/spm spm \
    && install -d -o spm -g spm /srv/spm/app /srv/spm/var /srv/spm/media
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    VAR_DIR=/srv/spm/var \
    MEDIA_ROOT=/srv/spm/media \
    XDG_CACHE_HOME=/tmp/.cache
WORKDIR /srv/spm/app
COPY --chown=spm:spm . .
USER 10001
# Static files are part of the image. Nothing connects to the database named here.
RUN DATABASE_URL=postgresql://build@localhost/build python manage.py collectstatic --noinput --verbosity 0
# Every published edition names the version that made it: --build-arg CODE_VERSION="$(git rev-parse HEAD)"
ARG CODE_VERSION=""
ENV CODE_VERSION=$CODE_VERSION
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8000), 3).close()"]
CMD ["gunicorn", "spm_portal.wsgi:application", "--config", "gunicorn.conf.py"]
