# podlint alone in an image: a static binary, no shell, no root.
#   docker run --rm -v "$PWD:/work:ro" ghcr.io/podlint/podlint check
FROM rust:1.95-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY build.rs ./
COPY src src
COPY schemas schemas
COPY benches benches
# musl is the target of this image, and Rust links it statically.
RUN cargo build --release --locked --bin podlint && strip target/release/podlint

FROM scratch
LABEL org.opencontainers.image.source="https://github.com/podlint/podlint" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.description="A linter for Flyte pod templates"
COPY --from=build /src/target/release/podlint /podlint
COPY LICENSE-MIT LICENSE-APACHE /licenses/
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/podlint"]
CMD ["check"]
