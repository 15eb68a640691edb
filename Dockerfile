# The report's generator in a container: the same Python, the same locked versions, the same steps as CI runs.
#
#   docker build -t trial-report .
#   docker run --name csr -v "$PWD/data:/app/data:ro" trial-report
#   docker cp csr:/app/_report . && docker rm csr        # copied out: no folder of the host need be open to its user
#   docker run --rm trial-report tests
#
# Pinned by its full version. To pin it by content too, replace the tag by the digest that
# `docker buildx imagetools inspect python:3.13.9-slim-bookworm` prints.
FROM python:3.13.9-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

# git says in the manifest which revision of the code ran.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 report \
    && mkdir /app && chown report:report /app

USER report
WORKDIR /app
ENV PATH="/home/report/.local/bin:${PATH}"

# As CI does: nox, and each session installs what its lock names, every file checked against its hash.
RUN python -m pip install --user nox
COPY --chown=report:report noxfile.py pyproject.toml ./
COPY --chown=report:report locks locks
RUN nox -s report tests --install-only

COPY --chown=report:report . .

ENTRYPOINT ["nox", "--no-install", "-s"]
CMD ["report"]
