//! What is said on standard error, which may be closed, full, or read by nobody: then it is lost,
//! and nothing else happens.

/// Writes a text.
#[cfg(unix)]
pub fn write(text: &str) {
    unix::without_sigpipe(|| unix::write(text.as_bytes()));
}

/// Writes a text.
#[cfg(not(unix))]
pub fn write(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stderr().write_all(text.as_bytes());
}

#[cfg(unix)]
mod unix {
    use std::mem::MaybeUninit;
    use std::ptr;

    /// A pipe takes so many bytes at once, or says that it does not.
    const CHUNK: usize = 512;

    /// How long somebody who reads slowly is waited for, in milliseconds.
    const PATIENCE: libc::c_int = 100;

    pub(super) fn write(mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let mut poll =
                libc::pollfd { fd: libc::STDERR_FILENO, events: libc::POLLOUT, revents: 0 };
            let chunk = &bytes[..bytes.len().min(CHUNK)];
            // SAFETY: one descriptor, and so many bytes.
            let written = unsafe {
                if libc::poll(&raw mut poll, 1, PATIENCE) != 1 {
                    return;
                }
                libc::write(libc::STDERR_FILENO, chunk.as_ptr().cast(), chunk.len())
            };
            match usize::try_from(written) {
                Ok(written @ 1..) => bytes = &bytes[written..],
                _ => return,
            }
        }
    }

    /// Runs `body` without the signal for writers of a pipe that nobody reads, which would end the
    /// process.
    pub(super) fn without_sigpipe(body: impl FnOnce()) {
        // SAFETY: the sets are initialised before they are read.
        unsafe {
            let (mut signal, mut before, mut pending) =
                (MaybeUninit::uninit(), MaybeUninit::uninit(), MaybeUninit::uninit());
            libc::sigemptyset(signal.as_mut_ptr());
            libc::sigaddset(signal.as_mut_ptr(), libc::SIGPIPE);
            libc::sigpending(pending.as_mut_ptr());
            let was_pending = libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1;
            libc::pthread_sigmask(libc::SIG_BLOCK, signal.as_ptr(), before.as_mut_ptr());
            body();
            if !was_pending {
                libc::sigpending(pending.as_mut_ptr());
                if libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1 {
                    let mut taken = 0;
                    libc::sigwait(signal.as_ptr(), &raw mut taken);
                }
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut());
        }
    }
}
