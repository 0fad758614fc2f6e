/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_marks.c - what command lines say.
 *
 * Source: ATT&CK T1059.004, T1496, T1105 and their examples.  A connection by /dev/tcp alone is how
 * many images wait for a port; what makes a shell of it is that its input or output is given to it.
 */
#include "inspect/commands.h"

#define SHELL "malware.reverse-shell"
#define MINER "malware.miner"

static const struct command_mark marks[] = {
	{SHELL, {"/dev/tcp/", "sh -i"}                      },
	{SHELL, {"/dev/tcp/", "0>&1"}                       },
	{SHELL, {"/dev/tcp/", "0<&"}                        },
	{SHELL, {"/dev/tcp/", "sh <&"}                      },
	{SHELL, {"/dev/tcp/", "while read", "$line"}        },
	{SHELL, {"/dev/udp/", "sh -i"}                      },
	{SHELL, {"/dev/udp/", "0>&1"}                       },
	{SHELL, {"nc ", " -e ", "/bin/"}                    },
	{SHELL, {"nc ", " -c ", "/bin/"}                    },
	{SHELL, {"ncat ", "--exec", "/bin/"}                },
	{SHELL, {"mkfifo", "nc ", "/bin/"}                  },
	{SHELL, {"mkfifo", "s_client", "/bin/"}             },
	{SHELL, {"socket.socket", "dup2", "/bin/"}          },
	{SHELL, {"socket.socket", "pty.spawn"}              },
	{SHELL, {"socat ", "exec:", "tcp:"}                 },
	{SHELL, {"socat ", "EXEC:", "TCP:"}                 },
	{SHELL, {"fsockopen(", "/bin/", "exec("}            },
	{SHELL, {"TCPSocket.", "exec", "/bin/sh"}           },
	{SHELL, {"use Socket", "/bin/sh", "open(STDIN"}     },
	{SHELL, {"net.Socket()", "/bin/sh", "child_process"}},
	{MINER, {"stratum+tcp://"}                          },
	{MINER, {"stratum+ssl://"}                          },
	{MINER, {"stratum2+tcp://"}                         },
	{MINER, {"--donate-level"}                          },
	{MINER, {"xmrig", "-o "}                            },
	{MINER, {"minerd", "-o "}                           },
};

const struct command_mark *command_find(struct bytes line)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		size_t k = 0;
		while (k < ARRAY_LEN(marks[i].words) && marks[i].words[k] &&
		       bytes_search(line, bytes_str(marks[i].words[k])) >= 0)
			k++;
		if (k == ARRAY_LEN(marks[i].words) || !marks[i].words[k])
			return &marks[i];
	}
	return NULL;
}

/* Does what stands behind a "|" begin with a program that runs its input? */
static bool is_run(struct bytes rest)
{
	static const char *const before[] = {"sudo", "env", "exec", "nohup"};
	static const char *const runs[] = {"sh",      "bash",   "dash", "ash",  "zsh", "ksh",
	                                   "python3", "python", "perl", "ruby", "node"};
	struct bytes word;
	while (bytes_word(&rest, &word)) {
		bool is_prefix = false;
		word = path_base(word);
		while (word.n && !is_alnum(word.p[word.n - 1]))
			word.n--; /* "sh;" and "sh)" */
		for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
			if (bytes_eq(word, bytes_str(runs[i])))
				return true;
		}
		for (size_t i = 0; i < ARRAY_LEN(before); i++)
			is_prefix |= bytes_eq(word, bytes_str(before[i]));
		if (!is_prefix)
			return false;
	}
	return false;
}

bool command_fetches(struct bytes line)
{
	static const char *const fetchers[] = {"curl ", "wget "};
	for (size_t i = 0; i < ARRAY_LEN(fetchers); i++) {
		ssize_t at = bytes_search(line, bytes_str(fetchers[i]));
		struct bytes rest = at < 0 ? B("") : bytes_skip(line, (size_t)at);
		for (ssize_t bar; (bar = bytes_find(rest, '|')) >= 0;) {
			rest = bytes_skip(rest, (size_t)bar + 1);
			if (rest.n && rest.p[0] != '|' && is_run(rest))
				return true;
			if (rest.n && rest.p[0] == '|')
				rest = bytes_skip(rest, 1); /* "||": what is done when it fails */
		}
	}
	return false;
}
