/* SPDX-License-Identifier: Apache-2.0 */
/*
 * banned.h - functions that are refused at compile time, as git does it.
 *
 * Each has no bound, hidden state, or swallows errors; what to use instead stands beside it.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) sorry_##name##_is_banned

#undef strcpy
#define strcpy(d, s) BANNED(strcpy) /* buf_adds, arena_str */
#undef strcat
#define strcat(d, s) BANNED(strcat) /* buf_adds */
#undef strncpy
#define strncpy(d, s, n) BANNED(strncpy) /* memcpy with a checked length */
#undef strncat
#define strncat(d, s, n) BANNED(strncat) /* buf_add */
#undef sprintf
#define sprintf(...) BANNED(sprintf) /* snprintf, buf_addf */
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf) /* vsnprintf */
#undef strtok
#define strtok(s, d) BANNED(strtok) /* bytes_split, bytes_word */
#undef gets
#define gets(s) BANNED(gets) /* file_read */
#undef atoi
#define atoi(s) BANNED(atoi) /* bytes_u64 */
#undef atol
#define atol(s) BANNED(atol) /* bytes_u64 */
#undef alloca
#define alloca(n) BANNED(alloca) /* arena_alloc */
#undef system
#define system(c) BANNED(system) /* proc_spawn */
#undef popen
#define popen(c, m) BANNED(popen) /* proc_spawn */
#undef tmpnam
#define tmpnam(s) BANNED(tmpnam) /* file_replace */
#undef localtime
#define localtime(t) BANNED(localtime) /* clock_format */
#undef gmtime
#define gmtime(t) BANNED(gmtime) /* clock_format */

#endif
