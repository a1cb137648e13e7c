//! [`Compiler`]: the C compiler that preprocesses headers, and what it is told.

use std::env;

/// The commands tried after `$CC`.
const COMMANDS: [&str; 3] = ["cc", "gcc", "clang"];

/// A C compiler with its arguments.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Compiler {
    /// The command, perhaps with arguments; otherwise `$CC` or the first of `cc`, `gcc` and `clang`
    /// that is installed.
    pub command: Option<String>,
    /// More arguments, such as `-I/opt/include`.
    pub arguments: Vec<String>,
}

impl Compiler {
    /// The commands to try, in order, each with arguments: the one given alone, or else `$CC` and
    /// the usual names.
    pub fn commands(&self) -> Vec<Vec<String>> {
        let words = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect();
        let mut commands: Vec<Vec<String>> = match &self.command {
            Some(given) => vec![words(given)],
            None => {
                let asked = words(&env::var("CC").unwrap_or_default());
                let usual = COMMANDS.iter().map(|name| vec![(*name).to_owned()]);
                std::iter::once(asked).chain(usual).collect()
            }
        };
        commands.retain(|words| !words.is_empty());
        for command in &mut commands {
            command.extend_from_slice(&self.arguments);
        }
        commands
    }
}
