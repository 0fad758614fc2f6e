/* SPDX-License-Identifier: Apache-2.0 */
/* scan_write.c - a report goes to where it was asked for, whole or not at all. */
#include "cli/scan.h"

#include <sys/stat.h>
#include <unistd.h>

/* What an earlier run left there would speak of another image. */
static int write_nothing(const struct out *out, const char *why, struct err *e)
{
	struct stat st;
	if (out->path && lstat(out->path, &st) == 0 && S_ISREG(st.st_mode) && unlink(out->path) < 0)
		return err_set(e, ERR_IO, "remove %s: %m", out->path);
	log_line(LOG_WARN, "%s: %s; %s is not written", out->form->name, why,
	         out->path ? out->path : "a document");
	return 0;
}

int scan_write(const struct out *out, const struct flow_scan_result *res, struct render_options o,
               struct err *e)
{
	o.version = out->version;
	const struct report *const *reports = (const struct report *const *)res->reports;
	const char *why = out->form->lacks ? out->form->lacks(reports, res->n) : NULL;
	if (why)
		return write_nothing(out, why, e);
	if (!out->path) {
		if (out->form->write(reports, res->n, &o, stdout, e) < 0)
			return -1;
		return fflush(stdout) == 0 ? 0 : err_set(e, ERR_IO, "standard output: %m");
	}
	struct file_new file;
	if (file_create(out->path, 0644, &file, e) < 0)
		return -1;
	o.color = false;
	o.width = 0;
	FILE *f = fdopen(dup(file.fd), "w");
	int rc = f ? out->form->write(reports, res->n, &o, f, e)
	           : err_set(e, ERR_IO, "%s: %m", out->path);
	if (f && fclose(f) != 0 && rc == 0)
		rc = err_set(e, ERR_IO, "%s: %m", out->path);
	if (rc == 0)
		return file_commit(&file, e);
	file_abort(&file);
	return -1;
}
