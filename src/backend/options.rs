use crate::error::{Error, Result};

/// An option that loading a runtime or a module takes.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name.
    pub key: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    /// Whether it may be given more than once.
    pub repeats: bool,
}

impl OptionSpec {
    /// An option that is given once at the most.
    pub const fn once(key: &'static str, help: &'static str) -> OptionSpec {
        OptionSpec { key, help, repeats: false }
    }

    /// An option that may be given several times.
    pub const fn repeated(key: &'static str, help: &'static str) -> OptionSpec {
        OptionSpec { key, help, repeats: true }
    }
}

/// The options of one load: each key is known, and given once if it does not repeat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options(Vec<(String, String)>);

impl Options {
    /// Checks `pairs` against what `taker` takes, such as `runtime c`.
    pub fn new(
        taker: &str,
        known: &[OptionSpec],
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Options> {
        let mut options = Options::default();
        for (key, value) in pairs {
            let Some(spec) = known.iter().find(|spec| spec.key == key) else {
                return Err(unknown(taker, &key, known));
            };
            if !spec.repeats && options.get(&key).is_some() {
                return Err(Error::invalid(format!("option \"{key}\" of {taker} is given twice")));
            }
            options.0.push((key, value));
        }
        Ok(options)
    }

    /// All that were given, in that order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The value of an option, if it was given.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The values of an option that repeats, in their order.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// These options behind those of `defaults`, of which those that do not repeat give way.
    #[must_use]
    pub fn over(&self, defaults: &Options, known: &[OptionSpec]) -> Options {
        let repeats = |key: &str| known.iter().any(|spec| spec.key == key && spec.repeats);
        let stays = |(key, _): &&(String, String)| repeats(key) || self.get(key).is_none();
        Options(defaults.0.iter().filter(stays).chain(&self.0).cloned().collect())
    }
}

fn unknown(taker: &str, key: &str, known: &[OptionSpec]) -> Error {
    let takes = match known {
        [] => "it takes none".to_owned(),
        known => {
            let keys: Vec<String> =
                known.iter().map(|spec| format!("{} ({})", spec.key, spec.help)).collect();
            format!("it takes: {}", keys.join(", "))
        }
    };
    Error::not_found(format!("{taker} has no option \"{key}\"; {takes}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    const KNOWN: [OptionSpec; 2] =
        [OptionSpec::once("compiler", "the C compiler"), OptionSpec::repeated("define", "a macro")];

    fn options(pairs: &[(&str, &str)]) -> Result<Options> {
        let owned = pairs.iter().map(|(key, value)| (key.to_string(), value.to_string()));
        Options::new("runtime c", &KNOWN, owned)
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
        assert!(error.message().contains("option \"compiler\" of runtime c is given twice"));
    }

    #[test]
    fn what_repeats_adds_to_defaults_and_what_does_not_replaces_them() {
        let defaults = options(&[("compiler", "gcc"), ("define", "A")]).unwrap();
        let own = options(&[("define", "B"), ("define", "C=1")]).unwrap();
        let both = own.over(&defaults, &KNOWN);
        assert_eq!(both.get("compiler"), Some("gcc"));
        assert_eq!(both.all("define").collect::<Vec<_>>(), ["A", "B", "C=1"]);
        let other = options(&[("compiler", "clang")]).unwrap().over(&defaults, &KNOWN);
        assert_eq!(other.get("compiler"), Some("clang"));
        assert_eq!(other.all("define").collect::<Vec<_>>(), ["A"]);
    }
}
