/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.h - style and script of the page that html.c writes.  Private to render/.
 */
#ifndef RENDER_HTML_H
#define RENDER_HTML_H

extern const char html_style[], html_script[];

#endif
