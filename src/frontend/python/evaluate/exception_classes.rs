//! The classes of exceptions of Python and of libraries, and what each extends.

/// Builtin exceptions and what each extends.
const BUILTIN: &[(&str, &str)] = &[
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("FloatingPointError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("FileNotFoundError", "OSError"),
    ("FileExistsError", "OSError"),
    ("PermissionError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ConnectionError", "OSError"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("Warning", "Exception"),
    ("DeprecationWarning", "Warning"),
    ("UserWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ExceptionGroup", "Exception"),
    ("BaseExceptionGroup", "BaseException"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("InterruptedError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("IndentationError", "SyntaxError"),
    ("TabError", "IndentationError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("BytesWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
];

/// Library exceptions and the builtin one that each extends, where that matters.
pub(super) const LIBRARY: &[(&str, &str)] = &[
    ("json.JSONDecodeError", "ValueError"),
    ("json.decoder.JSONDecodeError", "ValueError"),
    ("pydantic.ValidationError", "ValueError"),
    ("dataclasses.FrozenInstanceError", "AttributeError"),
    ("yaml.YAMLError", "Exception"),
];

/// Whether a name is that of a builtin exception.
pub fn is_builtin_exception(name: &str) -> bool {
    name == "BaseException"
        || matches!(name, "EnvironmentError" | "IOError")
        || BUILTIN.iter().any(|(known, _)| *known == name)
}

/// Whether a builtin exception is the same as, or extends, another.
pub fn is_builtin_subclass(name: &str, of: &str) -> bool {
    let of = if matches!(of, "EnvironmentError" | "IOError") { "OSError" } else { of };
    let mut name = if matches!(name, "EnvironmentError" | "IOError") { "OSError" } else { name };
    loop {
        if name == of {
            return true;
        }
        match BUILTIN.iter().find(|(known, _)| *known == name) {
            Some((_, base)) => name = base,
            None => return false,
        }
    }
}
