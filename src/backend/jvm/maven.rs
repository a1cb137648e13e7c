//! Archives that Maven's client finds: `maven:GROUP:ARTIFACT:VERSION`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result, Status};

/// What a part of a module's path begins with that the client finds.
pub(super) const PREFIX: &str = "maven:";

/// The variable that names the client.
const VARIABLE: &str = "METAFFI_MAVEN";

/// The archives of what the coordinates name and of all that it needs. What was found is remembered
/// below the user's cache directory, unless what a version is may change.
pub(super) fn archives(coordinates: &[&str]) -> Result<Vec<String>> {
    let dependencies = coordinates.iter().map(|one| dependency(one)).collect::<Result<Vec<_>>>()?;
    let changes =
        |one: &&str| ["-SNAPSHOT", ":LATEST", ":RELEASE"].iter().any(|end| one.ends_with(end));
    let cached = match coordinates.iter().any(changes) {
        true => None,
        false => cache_file(coordinates),
    };
    if let Some(found) = cached.as_deref().and_then(|file| remembered(file, coordinates)) {
        return Ok(found);
    }
    let found = resolve(coordinates, &dependencies.concat())?;
    if let Some(file) = cached {
        remember(&file, coordinates, &found);
    }
    Ok(found)
}

/// Coordinates as a project's dependency.
fn dependency(coordinates: &str) -> Result<String> {
    let is_plain = |part: &&str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
        !part.is_empty() && part.bytes().all(known)
    };
    let parts: Vec<&str> = coordinates.split(':').collect();
    let names: &[&str] = match (parts.iter().all(is_plain), parts.len()) {
        (true, 3) => &["groupId", "artifactId", "version"],
        (true, 4) => &["groupId", "artifactId", "type", "version"],
        (true, 5) => &["groupId", "artifactId", "type", "classifier", "version"],
        _ => {
            let message = format!(
                "\"{PREFIX}{coordinates}\" names no artifact: write \
                 {PREFIX}GROUP:ARTIFACT:VERSION, such as \
                 {PREFIX}org.apache.commons:commons-lang3:3.17.0"
            );
            return Err(Error::new(Status::Syntax, message));
        }
    };
    let tags = names.iter().zip(parts).map(|(name, part)| format!("<{name}>{part}</{name}>"));
    Ok(format!("<dependency>{}</dependency>", tags.collect::<String>()))
}

/// Where what was found for coordinates is remembered.
fn cache_file(coordinates: &[&str]) -> Option<PathBuf> {
    let named =
        std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = named
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let mut hasher = DefaultHasher::new();
    coordinates.hash(&mut hasher);
    Some(cache.join("metaffi/maven").join(format!("{:016x}", hasher.finish())))
}

/// A line for the coordinates, and one for each archive, all of which are still there.
fn remembered(file: &Path, coordinates: &[&str]) -> Option<Vec<String>> {
    let text = fs::read_to_string(file).ok()?;
    let mut lines = text.lines();
    let is_it = lines.next()? == coordinates.join(" ");
    let found: Vec<String> = lines.map(str::to_owned).collect();
    (is_it && found.iter().all(|path| Path::new(path).exists())).then_some(found)
}

/// Without a place for it nothing is remembered.
fn remember(file: &Path, coordinates: &[&str], found: &[String]) {
    let text = format!("{}\n{}\n", coordinates.join(" "), found.join("\n"));
    let unfinished = file.with_extension(std::process::id().to_string());
    let directory = file.parent().map_or(Ok(()), fs::create_dir_all);
    let written = directory.and_then(|()| fs::write(&unfinished, text));
    if written.and_then(|()| fs::rename(&unfinished, file)).is_err() {
        let _ = fs::remove_file(&unfinished);
    }
}

/// Asks the client, in a project of its own that has the dependencies.
fn resolve(coordinates: &[&str], dependencies: &str) -> Result<Vec<String>> {
    let directory = tempfile()?;
    let answer = ask(&directory, dependencies, coordinates);
    let _ = fs::remove_dir_all(&directory);
    answer
}

fn tempfile() -> Result<PathBuf> {
    let template = std::env::temp_dir().join("metaffi-maven-XXXXXX");
    let mut template = template.into_os_string().into_encoded_bytes();
    template.push(0);
    // SAFETY: a text that ends with NUL, in which the last letters are replaced.
    let made = unsafe { libc::mkdtemp(template.as_mut_ptr().cast()) };
    match made.is_null() {
        true => Err(failed("no directory can be made for it", &std::io::Error::last_os_error())),
        false => {
            template.pop();
            let text = String::from_utf8_lossy(&template).into_owned();
            Ok(PathBuf::from(text))
        }
    }
}

fn ask(directory: &Path, dependencies: &str, coordinates: &[&str]) -> Result<Vec<String>> {
    let (project, classpath) = (directory.join("pom.xml"), directory.join("classpath"));
    let text = format!(
        "<project><modelVersion>4.0.0</modelVersion><groupId>metaffi</groupId>\
         <artifactId>module</artifactId><version>1</version>\
         <dependencies>{dependencies}</dependencies></project>"
    );
    fs::write(&project, text).map_err(|error| failed("its project cannot be written", &error))?;
    let client = std::env::var_os(VARIABLE).unwrap_or_else(|| "mvn".into());
    let asked = Command::new(&client)
        .args(["--batch-mode", "--quiet", "-Dstyle.color=never", "--file"])
        .arg(&project)
        .args(["dependency:build-classpath", "-DincludeScope=runtime", "-Dmdep.pathSeparator=;"])
        .arg(format!("-Dmdep.outputFile={}", classpath.display()))
        .stdin(Stdio::null())
        .output();
    let said = asked.map_err(|error| {
        let message = format!(
            "Maven's client, {}, does not start: {error}; install it (Debian: maven), name it by \
             {VARIABLE}, or give archives",
            Path::new(&client).display()
        );
        Error::load_failed(message)
    })?;
    if !said.status.success() {
        let said = String::from_utf8_lossy(&said.stdout).into_owned()
            + &String::from_utf8_lossy(&said.stderr);
        return Err(Error::load_failed(format!(
            "Maven does not find {}: {}",
            coordinates.join(", "),
            reason(&said)
        )));
    }
    let found =
        fs::read_to_string(&classpath).map_err(|error| failed("it says nothing", &error))?;
    Ok(found.trim().split(';').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// The first thing that the client calls an error; what follows is how it may be called again.
fn reason(said: &str) -> String {
    // Some versions reset the terminal's colours first, whatever they are told.
    let mut errors = said.lines().filter_map(|line| Some(line.split_once("[ERROR]")?.1.trim()));
    match errors.find(|line| !line.is_empty()) {
        Some(first) => first.split(" -> [Help").next().unwrap_or(first).to_owned(),
        None => said.trim().to_owned(),
    }
}

fn failed(what: &str, error: &std::io::Error) -> Error {
    Error::load_failed(format!("Maven's client cannot be asked: {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_dependencies() {
        let plain = dependency("org.example:thing:1.0").unwrap();
        assert_eq!(
            plain,
            "<dependency><groupId>org.example</groupId><artifactId>thing</artifactId>\
             <version>1.0</version></dependency>"
        );
        assert!(dependency("g:a:jar:tests:1").unwrap().contains("<classifier>tests</classifier>"));
        for odd in ["a", "a:b", "a::1", "a:b:c:d:e:f", "a:b:<x>", "a:b:1 2"] {
            let error = dependency(odd).unwrap_err();
            assert_eq!(error.status(), Status::Syntax);
            assert!(error.message().contains("write maven:GROUP:ARTIFACT:VERSION"), "{error}");
        }
    }

    #[test]
    fn what_was_found_is_remembered_as_long_as_it_is_there() {
        let directory = tempfile().unwrap();
        let (file, archive) = (directory.join("below/cached"), directory.join("a.jar"));
        fs::write(&archive, "").unwrap();
        let found = vec![archive.to_str().unwrap().to_owned()];
        remember(&file, &["g:a:1"], &found);
        assert_eq!(remembered(&file, &["g:a:1"]), Some(found));
        assert_eq!(remembered(&file, &["g:a:2"]), None);
        fs::remove_file(&archive).unwrap();
        assert_eq!(remembered(&file, &["g:a:1"]), None);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn the_reason_is_what_the_client_says_first() {
        let said =
            "\u{1b}[0m[ERROR] \n\u{1b}[0m[ERROR] Failed: no such thing -> [Help 1]\n[ERROR] more";
        assert_eq!(reason(said), "Failed: no such thing");
        assert_eq!(reason("odd\n"), "odd");
    }
}
