//! The C functions that values are passed to.

use std::fmt::Write;

use metaffi::backend::c::types::Types;

use crate::CONVENTIONS;
use crate::subject::Subject;

/// `T` alone, after scalars that leave few registers, and after scalars that leave none; then the
/// same given to a function.
const FUNCTIONS: &str = r"
ABI T give_N(const unsigned char *bytes) {
    T value; memcpy((void *)&value, bytes, sizeof value); return value;
}
ABI void take_N(T value, unsigned char *out) {
    memcpy(out, (void *)&value, sizeof value);
}
ABI void late_N(long a, double x, long b, double y, long c, double z, T value, long d,
                U again, unsigned char *out, double w) {
    memcpy(out, (void *)&value, sizeof value);
    memcpy(out + 256, (void *)&again, sizeof again);
    long integers[] = {a, b, c, d}; memcpy(out + 512, integers, sizeof integers);
    double reals[] = {x, y, z, w}; memcpy(out + 544, reals, sizeof reals);
}
ABI T full_N(long a, long b, long c, long d, long e, long f, double s, double t, double u,
             double v, double w, double x, double y, double z, char one, T value, char two,
             unsigned char *out) {
    memcpy(out, (void *)&value, sizeof value);
    out[256] = one; out[257] = two;
    return value;
}
void back_N(T ABI (*f)(T v), const unsigned char *bytes, unsigned char *out) {
    T value; memcpy((void *)&value, bytes, sizeof value);
    T result = f(value); memcpy(out, (void *)&result, sizeof result);
}
void behind_N(T ABI (*f)(long, double, long, double, long, double, T v, long, U u, double),
                 const unsigned char *bytes, const unsigned char *others, unsigned char *out) {
    T value; memcpy((void *)&value, bytes, sizeof value);
    U again; memcpy((void *)&again, others, sizeof again);
    T result = f(-1, 0.5, 2, -1.5, -3, 2.5, value, 4, again, -3.5);
    memcpy(out, (void *)&result, sizeof result);
}
void brim_N(T ABI (*f)(long, long, long, long, long, long, double, double, double, double,
                            double, double, double, double, char, T v, char, T w, long),
                 const unsigned char *bytes, unsigned char *out) {
    T value; memcpy((void *)&value, bytes, sizeof value);
    T result = f(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, value, 15, value, 16);
    memcpy(out, (void *)&result, sizeof result);
}
";

pub(crate) fn source(types: &Types, definitions: &str, subjects: &[Subject]) -> String {
    let mut source = definitions.to_owned();
    for (n, subject) in subjects.iter().enumerate() {
        let again = &subjects[(n + 1) % subjects.len()];
        let own = types.spell_named(subject.id, &format!("T{n}"));
        let again = types.spell_named(again.id, &format!("U{n}"));
        write!(source, "typedef {own};\ntypedef {again};").unwrap();
        for (_, prefix, attribute) in CONVENTIONS {
            let mut text = FUNCTIONS.to_owned();
            for (word, by) in
                [("ABI", *attribute), ("T ", &format!("T{n} ")), ("U ", &format!("U{n} "))]
            {
                text = text.replace(word, by);
            }
            for name in ["give", "take", "late", "full", "back", "behind", "brim"] {
                text = text.replace(&format!("{name}_N"), &format!("{prefix}_{name}_{n}"));
            }
            source += &text;
        }
    }
    source
}
