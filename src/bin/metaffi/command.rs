//! [`Command`]: what was asked for.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::call::Call;
use crate::describe::Describe;
use crate::doctor::Doctor;
use crate::failure::Failure;
use crate::inspect::Inspect;

/// Call code of any language, in this process.
#[derive(Parser)]
#[command(name = "metaffi", version)]
pub struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Doctor(Doctor),
    Describe(Describe),
    Call(Call),
    Inspect(Inspect),
}

impl Command {
    /// Does it, and says with what code to exit.
    pub fn run(&self, out: &mut impl Write) -> Result<ExitCode, Failure> {
        let code = match &self.verb {
            Verb::Doctor(doctor) => doctor.run(out)?,
            Verb::Describe(describe) => describe.run(out).map(|()| ExitCode::SUCCESS)?,
            Verb::Call(call) => call.run(out).map(|()| ExitCode::SUCCESS)?,
            Verb::Inspect(inspect) => inspect.run(out).map(|()| ExitCode::SUCCESS)?,
        };
        out.flush()?;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Command::command().debug_assert();
    }
}
