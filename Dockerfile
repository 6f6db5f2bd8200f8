# Two stages: the first installs from the lock, with hashes; the second has neither compiler nor pip's caches.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes --only-binary=:all: -r requirements.lock && /venv/bin/pip uninstall --yes pip
COPY manage.py pyproject.toml ./
COPY connectors connectors
COPY console console
COPY idp idp
COPY static static
COPY templates templates
# Collected here, because the root of the running container is read-only. Nothing of these values stays in the image.
RUN DEBUG=false SECRET_KEY=only-for-this-step-and-never-used-to-sign-anything ENDPOINT=https://build.invalid \
    ENCRYPTION_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= DATA_DIR=/tmp/build STATIC_ROOT=/app/collected \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && /venv/bin/python -m compileall -q idp connectors console

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=false HOST=0.0.0.0 PORT=3001 DATA_DIR=/data STATIC_ROOT=/app/collected
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/livez\", timeout=2)"]
ENTRYPOINT ["python", "manage.py"]
CMD ["serve"]
