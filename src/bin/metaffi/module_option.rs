//! [`ModuleOption`]: an option of a module, as a command line has it.

use std::str::FromStr;

/// `NAME=VALUE`.
#[derive(Clone, Debug)]
pub struct ModuleOption {
    name: String,
    value: String,
}

impl FromStr for ModuleOption {
    type Err = String;

    fn from_str(text: &str) -> Result<ModuleOption, String> {
        let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
        Ok(ModuleOption { name: name.to_owned(), value: value.to_owned() })
    }
}

impl ModuleOption {
    /// Names and values, as the library takes them.
    pub fn pairs(options: &[ModuleOption]) -> Vec<(String, String)> {
        options.iter().map(|option| (option.name.clone(), option.value.clone())).collect()
    }
}
