module podlint.dev/recorder

go 1.21
