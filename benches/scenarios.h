/* What is measured: one function for each subject. */

#ifndef SCENARIOS_H
#define SCENARIOS_H

void scalars(void);
void mixed(void);
void structs(void);
void callbacks(void);
void texts(void);
void arrays(void);
void objects(void);
void threads(void);
void loading(void);
void python(void);

/* Starts processes: before anything else is loaded. */
void scale(void);

/* Declares the text in a file. */
void declarations(const char *path);

#endif
