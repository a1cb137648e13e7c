/* What is measured in a process of its own. */

#ifndef PROCESS_H
#define PROCESS_H

/* What a function returns in a child of this process; ends the program if the child fails. */
double in_a_process(const char *what, double (*measured)(void));

/* How many bytes of this process are in memory that are no file's. */
double resident(void);

#endif
