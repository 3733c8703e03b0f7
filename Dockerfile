# Two stages: the first has pip and what it needs, the second only Python, the dependencies and Knobot.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /venv
COPY requirements.lock requirements-build.lock ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /venv/bin/pip install --no-cache-dir --no-deps /wheels/*.whl \
    && /venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim
RUN useradd --system --uid 65532 --create-home --home-dir /var/lib/knobot knobot \
    && rm -rf /usr/local/lib/python3.11/site-packages/pip* /usr/local/lib/python3.11/ensurepip /usr/local/bin/pip*
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KNOBOT_CONFIG=/etc/knobot/knobot.yaml
WORKDIR /var/lib/knobot
USER 65532:65532
ENTRYPOINT ["knobot"]
CMD ["run"]
