use crate::error::{Error, Result};

/// An option that loading a runtime takes.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name.
    pub key: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
}

/// The options of one load: each key is known and given once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options(Vec<(String, String)>);

impl Options {
    /// Checks `pairs` against what the runtime `name` takes.
    pub fn new(
        name: &str,
        known: &[OptionSpec],
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Options> {
        let mut options = Options::default();
        for (key, value) in pairs {
            if !known.iter().any(|spec| spec.key == key) {
                return Err(unknown(name, &key, known));
            }
            if options.get(&key).is_some() {
                return Err(Error::invalid(format!(
                    "option \"{key}\" of runtime {name} is given twice"
                )));
            }
            options.0.push((key, value));
        }
        Ok(options)
    }

    /// The value of an option, if it was given.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

fn unknown(name: &str, key: &str, known: &[OptionSpec]) -> Error {
    let takes = match known {
        [] => "it takes none".to_owned(),
        known => {
            let keys: Vec<String> =
                known.iter().map(|spec| format!("{} ({})", spec.key, spec.help)).collect();
            format!("it takes: {}", keys.join(", "))
        }
    };
    Error::not_found(format!("runtime {name} has no option \"{key}\"; {takes}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    const KNOWN: [OptionSpec; 1] = [OptionSpec { key: "compiler", help: "the C compiler" }];

    fn options(pairs: &[(&str, &str)]) -> Result<Options> {
        let owned = pairs.iter().map(|(key, value)| (key.to_string(), value.to_string()));
        Options::new("c", &KNOWN, owned)
    }

    #[test]
    fn known_options_are_kept() {
        let options = options(&[("compiler", "gcc")]).unwrap();
        assert_eq!(options.get("compiler"), Some("gcc"));
        assert_eq!(options.get("other"), None);
    }

    #[test]
    fn unknown_and_repeated_options_are_refused() {
        let error = options(&[("compilr", "gcc")]).unwrap_err();
        assert_eq!(error.status(), Status::NotFound);
        assert!(error.message().contains("compiler (the C compiler)"), "{error}");
        let error = options(&[("compiler", "gcc"), ("compiler", "cc")]).unwrap_err();
        assert!(error.message().contains("given twice"), "{error}");
    }
}
