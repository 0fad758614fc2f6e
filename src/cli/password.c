/* SPDX-License-Identifier: Apache-2.0 */
/* password.c - passwords of keys: COSIGN_PASSWORD, else the terminal. */
#include "cli/cli.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One line from the terminal, without echo. */
static int read_line(int tty, const char *prompt, struct buf *ret)
{
	struct termios was, quiet;
	uint8_t c = 0;
	if (tcgetattr(tty, &was) < 0)
		return -1;
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fd_write_full(tty, prompt, strlen(prompt));
	tcsetattr(tty, TCSAFLUSH, &quiet);
	ssize_t n;
	while ((n = fd_read_full(tty, &c, 1)) == 1 && c != '\n')
		buf_addc(ret, c);
	tcsetattr(tty, TCSAFLUSH, &was);
	fd_write_full(tty, "\n", 1);
	return n == 1 && !ret->overflow ? 0 : -1;
}

static int from_terminal(bool is_new, struct buf *ret, struct err *e)
{
	AUTO_BUF struct buf second;
	AUTO_FD int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	buf_init(&second, ret->max);
	if (tty < 0)
		return err_set(e, ERR_USAGE,
		               "no password: there is no terminal, and COSIGN_PASSWORD is not set");
	int rc = read_line(tty, "Password of the key: ", ret);
	if (rc == 0 && is_new)
		rc = read_line(tty, "Once more: ", &second);
	bool is_same = !is_new || bytes_eq(buf_bytes(ret), buf_bytes(&second));
	buf_wipe(&second);
	if (rc < 0)
		return err_set(e, ERR_IO, "no password came from the terminal");
	return is_same ? 0 : err_set(e, ERR_USAGE, "the two passwords differ");
}

int cli_password(bool is_new, struct buf *ret, struct err *e)
{
	const char *given = getenv("COSIGN_PASSWORD");
	if (!given)
		return from_terminal(is_new, ret, e);
	if (buf_adds(ret, given) == 0)
		return 0;
	return err_set(e, ERR_LIMIT, "COSIGN_PASSWORD: more than %zu bytes", ret->max);
}
