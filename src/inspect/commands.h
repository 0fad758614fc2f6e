/* SPDX-License-Identifier: Apache-2.0 */
/* commands.h - command lines that hand a shell away, mine, or run what they download. */
#ifndef INSPECT_COMMANDS_H
#define INSPECT_COMMANDS_H

#include "base/base.h"

struct command_mark {
	const char *rule;     /* id of the rule in judge/malware.c */
	const char *words[3]; /* all of them stand in the line; fewer than three: NULL ends them */
};

/* The first mark whose words are all in the line, or NULL. */
const struct command_mark *command_find(struct bytes line);
/* A download whose output is given to a shell or an interpreter ("curl URL | sh"). */
bool command_fetches(struct bytes line);

#endif
