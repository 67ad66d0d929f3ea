//! What environment variables may say in place of flags.

use clap::Command;

/// Reads a switch: continuous integration writes `1` and `true`, `0`, `false` and nothing.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" | "y" | "t" => Ok(true),
        "" | "0" | "false" | "no" | "off" | "n" | "f" => Ok(false),
        other => Err(format!("`{other}` is neither true nor false")),
    }
}

/// The same command, where an empty variable counts as none.
pub(super) fn without_empty(command: Command) -> Command {
    command.mut_subcommands(|sub| {
        without_empty(sub).mut_args(|arg| {
            let empty = arg
                .get_env()
                .and_then(std::env::var_os)
                .is_some_and(|value| value.is_empty());
            if empty {
                arg.env(clap::builder::Resettable::Reset)
            } else {
                arg
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::switch;

    #[test]
    fn a_switch_is_whatever_ci_systems_write() {
        assert!(["1", "true", "YES", "On"].iter().all(|t| switch(t) == Ok(true)));
        assert!(["", "0", "false", "No", "OFF"].iter().all(|t| switch(t) == Ok(false)));
        assert!(switch("maybe").is_err());
    }
}
