/* What is measured: one function for each subject. */

#ifndef SCENARIOS_H
#define SCENARIOS_H

void scalars(void);
void signatures(void);
void mixed(void);
void structs(void);
void callbacks(void);
void texts(void);
void arrays(void);
void objects(void);
void variadic(void);
void data(void);
void threads(void);
void retired(void);
void loading(void);

/* Start processes: before anything else is loaded. */
void scale(void);
void memory(void);

/* Everything of Python or one part of it, with that interpreter; the directory has what was
 * compiled for it. */
void python(const char *interpreter, const char *directory, const char *part);

/* Everything of Java by the JDK in a directory; the other one has what was compiled for it. */
void java(const char *home, const char *directory);
void java_start(const char *home);

/* Declares the text in a file. */
void declarations(const char *path);

#endif
