# Slim, and Python's libraries for numbers, learning and plots: docker build -f images/papers.Dockerfile images
ARG SLIM=judgecore/polyglot:latest
FROM ${SLIM}
USER root
COPY packages/papers.txt /tmp/packages/
RUN apt-install --optional /tmp/packages/papers.txt
USER judge
