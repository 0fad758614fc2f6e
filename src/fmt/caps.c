/* SPDX-License-Identifier: Apache-2.0 */
/* caps.c - file capabilities.  Source: linux/capability.h, capabilities(7). */
#include "fmt/caps.h"

#include "fmt/ints.h"

static const char *const names[] = {
	"cap_chown",
	"cap_dac_override",
	"cap_dac_read_search",
	"cap_fowner",
	"cap_fsetid",
	"cap_kill",
	"cap_setgid",
	"cap_setuid",
	"cap_setpcap",
	"cap_linux_immutable",
	"cap_net_bind_service",
	"cap_net_broadcast",
	"cap_net_admin",
	"cap_net_raw",
	"cap_ipc_lock",
	"cap_ipc_owner",
	"cap_sys_module",
	"cap_sys_rawio",
	"cap_sys_chroot",
	"cap_sys_ptrace",
	"cap_sys_pacct",
	"cap_sys_admin",
	"cap_sys_boot",
	"cap_sys_nice",
	"cap_sys_resource",
	"cap_sys_time",
	"cap_sys_tty_config",
	"cap_mknod",
	"cap_lease",
	"cap_audit_write",
	"cap_audit_control",
	"cap_setfcap",
	"cap_mac_override",
	"cap_mac_admin",
	"cap_syslog",
	"cap_wake_alarm",
	"cap_block_suspend",
	"cap_audit_read",
	"cap_perfmon",
	"cap_bpf",
	"cap_checkpoint_restore",
};

enum {
	CAP_CHOWN = 0,
	CAP_DAC_OVERRIDE = 1,
	CAP_DAC_READ_SEARCH = 2,
	CAP_FOWNER = 3,
	CAP_SETGID = 6,
	CAP_SETUID = 7,
	CAP_SETPCAP = 8,
	CAP_SYS_MODULE = 16,
	CAP_SYS_RAWIO = 17,
	CAP_SYS_PTRACE = 19,
	CAP_SYS_ADMIN = 21,
	CAP_SETFCAP = 31,
	CAP_BPF = 39,
};

int caps_parse(struct bytes raw, struct caps *ret, struct err *e)
{
	static const size_t sizes[] = {[1] = 12, [2] = 20, [3] = 24};
	if (raw.n < 4)
		return err_set(e, ERR_FORMAT, "file capabilities of %zu bytes", raw.n);
	uint32_t magic = get_le32(raw.p);
	uint32_t revision = magic >> 24;
	if (revision < 1 || revision > 3)
		return err_set(e, ERR_UNSUPPORTED, "file capabilities of revision %u", revision);
	if (raw.n != sizes[revision])
		return err_set(e, ERR_FORMAT,
		               "file capabilities of revision %u are %zu bytes, want %zu", revision,
		               raw.n, sizes[revision]);
	struct caps c = {.permitted = get_le32(raw.p + 4),
	                 .inheritable = get_le32(raw.p + 8),
	                 .is_effective = magic & 1};
	if (revision > 1) {
		c.permitted |= (uint64_t)get_le32(raw.p + 12) << 32;
		c.inheritable |= (uint64_t)get_le32(raw.p + 16) << 32;
	}
	c.root_id = revision == 3 ? get_le32(raw.p + 20) : 0;
	*ret = c;
	return 0;
}

void caps_text(uint64_t bits, struct buf *b)
{
	bool is_first = true;
	for (unsigned i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		buf_adds(b, is_first ? "" : ",");
		is_first = false;
		if (i < ARRAY_LEN(names))
			buf_adds(b, names[i]);
		else
			buf_addf(b, "cap_%u", i);
	}
}

bool caps_name(struct bytes name, unsigned *ret)
{
	if (name.n > 4 && bytes_eq_nocase(bytes_slice(name, 0, 4), B("cap_")))
		name = bytes_skip(name, 4);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (bytes_eq_nocase(name, bytes_str(names[i] + 4))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

uint64_t caps_rooting(uint64_t bits)
{
	static const unsigned rooting[] = {
		CAP_CHOWN,     CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER,
		CAP_SETGID,    CAP_SETUID,       CAP_SETPCAP,         CAP_SYS_MODULE,
		CAP_SYS_RAWIO, CAP_SYS_PTRACE,   CAP_SYS_ADMIN,       CAP_SETFCAP,
		CAP_BPF,
	};
	uint64_t mask = 0;
	for (size_t i = 0; i < ARRAY_LEN(rooting); i++)
		mask |= UINT64_C(1) << rooting[i];
	return bits & mask;
}
