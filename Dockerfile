# The program alone, on a small system. Scenarios are mounted:
#   docker build -t trunklab . && docker run --rm -v "$PWD:/work" trunklab run scenarios
FROM rust:1.89-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
COPY --from=build /src/target/release/trunklab /usr/local/bin/trunklab
# It reads what is mounted and writes where it is told to: no privilege is needed.
USER nobody
WORKDIR /work
ENTRYPOINT ["trunklab"]
CMD ["--help"]
