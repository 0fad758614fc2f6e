/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c - readers of lock files: packages, scopes, what they need, what is broken and where.  The
 * files of the package managers themselves are in tests/data/locks.py. */
#include "fmt/fmt.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static const struct row {
	const char *what;
	lock_reader *read;
	const char *text;
	const char *want; /* "name version[ dev|optional|own][ <source>][: needs, ...]; ...", "!"
	                     error */
} rows[] = {
  /* clang-format off */
	{"npm 3: nested, dev, what is needed as Node.js finds it", lock_npm,
	 "{\"packages\":{\"\":{\"name\":\"app\",\"version\":\"1.0.0\"},"
	 "\"node_modules/a\":{\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"^1\",\"c\":\"*\"}},"
	 "\"node_modules/a/node_modules/b\":{\"version\":\"1.2.0\",\"optional\":true},"
	 "\"node_modules/b\":{\"version\":\"2.0.0\",\"dev\":true},"
	 "\"node_modules/c\":{\"version\":\"3.0.0\",\"name\":\"real\"},"
	 "\"node_modules/w\":{\"resolved\":\"packages/w\",\"link\":true},"
	 "\"packages/w\":{\"version\":\"9.0.0\"}}}",
	 "app 1.0.0 own; a 1.0.0: b 1.2.0, real 3.0.0; b 1.2.0 optional; b 2.0.0 dev; real 3.0.0; w 9.0.0 own; "},
	{"npm 3: the application, and what it needs", lock_npm,
	 "{\"packages\":{\"\":{\"name\":\"app\",\"version\":\"1.0.0\",\"dependencies\":{\"a\":\"^1\"}},\"lib/w\":{\"version\":\"2.0.0\"},\"lib/v\":{\"name\":\"v\"},"
	 "\"node_modules/a\":{\"version\":\"1.0.0\"}}}",
	 "app 1.0.0 own: a 1.0.0; w 2.0.0 own; a 1.0.0; "},
	{"npm 1: what lies within a package for development", lock_npm,
	 "{\"dependencies\":{\"a\":{\"version\":\"1\",\"dev\":true,\"dependencies\":{\"b\":{\"version\":\"2\",\"dependencies\":{\"c\":{\"version\":\"3\"}}}}},"
	 "\"d\":{\"version\":\"4\",\"dependencies\":{\"e\":{\"version\":\"5\"}}}}}",
	 "a 1 dev; b 2 dev; c 3 dev; d 4; e 5; "},
	{"npm 1: within one another", lock_npm,
	 "{\"dependencies\":{\"a\":{\"version\":\"1.0.0\",\"requires\":{\"b\":\"^1\"},"
	 "\"dependencies\":{\"b\":{\"version\":\"1.1.0\"}}},\"b\":{\"version\":\"2.0.0\",\"dev\":true},"
	 "\"d\":{\"version\":\"npm:e@4.0.0\"},\"f\":{\"version\":\"file:../f\"},"
	 "\"g\":{\"version\":\"git+https://h/g.git#0123\"}}}",
	 "a 1.0.0: b 1.1.0; b 1.1.0; b 2.0.0 dev; e 4.0.0; g 0123 <git+https://h/g.git#0123>; "},
	{"npm: packages that are none", lock_npm, "{\"packages\":[{\"a\":1}]}", "!entry \"packages\": of another kind than it must be"},
	{"npm: empty, whatever the kind", lock_npm, "{\"packages\":[],\"dependencies\":null}", ""},
	{"bun: a version that is none", lock_bun, "{\"lockfileVersion\":\"x\",\"packages\":{}}", "!bun.lock: lockfileVersion is no number"},
	{"Pipfile.lock: a section that is text", lock_pipfile, "{\"default\":\"a\",\"develop\":{}}", "!entry \"default\": of another kind than it must be"},
	{"poetry: a package that is no table", lock_python_toml, "package = 1\n", "!entry \"package\": of another kind than it must be"},
	{"pub: packages without anything", lock_pub, "packages:\nsdks:\n  dart: x\n", ""},
	{"conan: too many parts", lock_conan, "{\"requires\":[\"a/1.0@u/c#r\",\"wrong/ref/format\"]}", "a 1.0; !entry \"wrong/ref/format\": not a name and a version"},
	{"npm: not an object", lock_npm, "[]", "!package-lock.json: not an object"},
	{"npm: cut short, and where", lock_npm, "{\n\"packages\": {",
	 "!package-lock.json: line 2, column 13: string or '}' expected near end of file"},
	{"npm: an entry that cannot be used is said, the others are given", lock_npm,
	 "{\"packages\":{\"node_modules/a\":{\"version\":\"1\\u0007\"},\"node_modules/b\":{\"version\":\"2\"}}}",
	 "b 2; !entry \"a\": a control character in the version"},
	{"yarn 1", lock_yarn,
	 "# yarn lockfile v1\n\n\"@s/a@^1.0.0\", \"@s/a@^1.1.0\":\n  version \"1.2.0\"\n"
	 "  resolved \"https://r/a.tgz#00\"\n  dependencies:\n    b \"^2.0.0\"\n    \"@s/c\" \"*\"\n\n"
	 "b@^2.0.0:\n  version \"2.0.1\"\n\n\"@s/c@*\":\n  version \"3.0.0\"\n",
	 "@s/a 1.2.0: b 2.0.1, @s/c 3.0.0; b 2.0.1; @s/c 3.0.0; "},
	{"yarn 1: another name for a package, with and without a range", lock_yarn,
	 "# yarn lockfile v1\n\n\"a@npm:@s/b@1.0\":\n  version \"1.0.1\"\n\n\"c@npm:d\":\n  version \"2.0.0\"\n\n\"e@npm:\":\n  version \"3.0.0\"\n",
	 "@s/b 1.0.1; d 2.0.0; e 3.0.0; "},
	{"yarn 1: a head that is indented", lock_yarn, "# yarn lockfile v1\n\n  a@1:\n  version \"1\"\n",
	 "!yarn.lock: line 3: not the head of a record"},
	{"yarn berry: a record twice: the later one", lock_yarn,
	 "__metadata:\n  version: 6\n\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n"
	 "\"a@npm:^1\":\n  version: 1.1.0\n  resolution: \"a@npm:1.1.0\"\n",
	 "a 1.1.0; "},
	{"yarn 1: not a head, and where", lock_yarn, "# c\na@1:\n  version \"1\"\nnonsense\n",
	 "!yarn.lock: line 4: not the head of a record"},
	{"yarn berry", lock_yarn,
	 "__metadata:\n  version: 6\n\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n"
	 "  dependencies:\n    b: ^2\n\"b@npm:^2\":\n  version: 2.0.0\n  resolution: \"b@npm:2.0.0\"\n"
	 "\"w@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"w@workspace:.\"\n",
	 "a 1.0.0: b 2.0.0; b 2.0.0; "},
	{"pnpm 5", lock_pnpm,
	 "lockfileVersion: 5.4\npackages:\n  /@s/a/1.0.0_b@2.0.0:\n    dependencies:\n      b: 2.0.0\n"
	 "    dev: true\n  /b/2.0.0:\n    dev: false\n",
	 "@s/a 1.0.0 dev: b 2.0.0; b 2.0.0; "},
	{"pnpm 6", lock_pnpm,
	 "lockfileVersion: '6.0'\npackages:\n  /@s/a@1.0.0(b@2.0.0):\n    dependencies:\n      b: 2.0.0\n"
	 "    optional: true\n  /b@2.0.0: {}\n",
	 "@s/a 1.0.0 optional: b 2.0.0; b 2.0.0; "},
	{"pnpm 9: dev is what running does not reach", lock_pnpm,
	 "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        version: 1.0.0\n"
	 "    devDependencies:\n      d:\n        version: 4.0.0\npackages:\n  a@1.0.0: {}\n  b@2.0.0: {}\n"
	 "  d@4.0.0: {}\nsnapshots:\n  a@1.0.0:\n    dependencies:\n      b: 2.0.0\n  b@2.0.0: {}\n  d@4.0.0: {}\n",
	 "a 1.0.0: b 2.0.0; b 2.0.0; d 4.0.0 dev; "},
	{"pnpm: a key that is none", lock_pnpm, "lockfileVersion: 5.3\npackages:\n  nonsense: {}\n  /a/1.0.0: {}\n",
	 "a 1.0.0; !entry \"nonsense\": neither name nor version"},
	{"pnpm: not YAML, and where", lock_pnpm, "a: [1\nb: 2\n", "!pnpm-lock.yaml:2:2: did not find expected ',' or ']'"},
	{"bun: comments and commas", lock_bun,
	 "{ // c\n\"packages\": { /* d */ \"a\": [\"a@1.0.0\", \"\", {\"dependencies\": {\"b\": \"^1\",},}, \"x\"],\n"
	 "\"a/b\": [\"b@1.1.0\"], \"b\": [\"b@2.0.0\"], \"w\": [\"w@workspace:w\"],},}",
	 "a 1.0.0: b 1.1.0; b 1.1.0; b 2.0.0; "},
	{"deno", lock_deno, "{\"version\":\"4\",\"npm\":{\"@s/a@1.0.0_p@2\":{\"dependencies\":[\"b@2.0.0\"]},\"b@2.0.0\":{}}}",
	 "@s/a 1.0.0: b 2.0.0; b 2.0.0; "},
	{"Pipfile.lock", lock_pipfile,
	 "{\"default\":{\"A_b.C\":{\"version\":\"==1.0\"},\"l\":{\"path\":\".\"}},\"develop\":{\"d\":{\"version\":\"==2\"}}}",
	 "a-b-c 1.0; d 2 dev; "},
	{"poetry", lock_python_toml,
	 "[[package]]\nname = \"A\"\nversion = \"1\"\ncategory = \"dev\"\n[package.dependencies]\nB_c = \">=1\"\n"
	 "[[package]]\nname = \"b-c\"\nversion = \"2\"\noptional = true\n",
	 "a 1 dev: b-c; b-c 2 optional; "},
	{"pdm", lock_python_toml,
	 "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\", \"dev\"]\ndependencies = [\"b>=2; x == 'y'\"]\n"
	 "[[package]]\nname = \"b\"\nversion = \"2\"\ngroups = [\"dev\"]\n",
	 "a 1: b; b 2 dev; "},
	{"uv: dev is what running does not reach", lock_python_toml,
	 "[[package]]\nname = \"app\"\nversion = \"0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"a\" }]\n"
	 "[package.dev-dependencies]\ndev = [{ name = \"d\" }]\n[[package]]\nname = \"a\"\nversion = \"1\"\n"
	 "source = { registry = \"r\" }\n[[package]]\nname = \"d\"\nversion = \"2\"\nsource = { registry = \"r\" }\n",
	 "app 0 own: a; a 1; d 2 dev; "},
	{"poetry: a folder, and a file that may be anybody's", lock_python_toml,
	 "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.source]\ntype = \"directory\"\nurl = \"x\"\n"
	 "[[package]]\nname = \"b\"\nversion = \"2\"\n[package.source]\ntype = \"file\"\nurl = \"b.whl\"\n",
	 "a 1 own; b 2; "},
	{"TOML that is none, and where", lock_python_toml, "[[package]]\nname = \n",
	 "!lock file: line 2: a value is missing"},
	{"requirements: what is pinned", lock_requirements,
	 "a==1.0 # c\nB_c[x, y] == 2.0 ; python_version < '3'\nd>=1\ne==1.*\nf==1.0,!=2\n-r other\n"
	 "g===3 \\\n  --hash=sha256:0\nh @ https://x/==1\ni==\n",
	 "a 1.0 (pypi); b-c 2.0 (pypi); g 3 (pypi); "},
	{"requirements: a byte order mark", lock_requirements, "\xef\xbb\xbf" "a==1\n", "a 1 (pypi); "},
	{"pnpm: a folder of the application", lock_pnpm,
	 "lockfileVersion: '6.0'\npackages:\n  file:lib/a:\n    resolution: {directory: lib/a, type: directory}\n    name: a\n    version: 1.0.0\n"
	 "  file:lib/b:\n    resolution: {directory: lib/b, type: directory}\n    name: b\n  file:c.tgz:\n    resolution: {tarball: file:c.tgz}\n    name: c\n    version: 3.0.0\n",
	 "a 1.0.0 own; c 3.0.0 <file:c.tgz>; "},
	{"pom: the project itself, its parent's group and version", lock_pom,
	 "<project><parent><groupId>g</groupId><version>7</version></parent><artifactId>a</artifactId></project>", "g:a 7 own; "},
	{"pom: the project itself, of a version that others say", lock_pom,
	 "<project><groupId>g</groupId><artifactId>a</artifactId><version>${revision}</version></project>", ""},
	{"gradle: what has no group or no name", lock_gradle_verify,
	 "<verification-metadata><components><component name='a' version='1'/><component group='g' version='1'/>"
	 "<component group='g' name='b' version='2'/></components></verification-metadata>",
	 "g:b 2; !entry \"a\": no group or no name (and 1 more)"},
	{"go.mod: blocks, comments, replace", lock_gomod,
	 "module m // c\ngo 1.20\nrequire a.b/c v1.0.0\nrequire (\n\td.e/f v1.1.0 // indirect\n\tg.h/i v2.0.0\n\tl v1.0.0\n)\n"
	 "replace (\n\td.e/f => x.y/z v9.0.0\n\tg.h/i v1.0.0 => n.o/p v1.0.0\n\tl => ../l\n)\n",
	 "a.b/c v1.0.0; x.y/z v9.0.0; g.h/i v2.0.0; "},
	{"go.mod: no directive, and where", lock_gomod, "module m\nnonsense\n", "!go.mod: line 2: an unknown directive"},
	{"go.sum", lock_gosum, "a v1 h1:x=\na v1/go.mod h1:y=\nb v2/go.mod h1:z=\n", "a v1; "},
	{"Cargo.lock", lock_cargo,
	 "[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"
	 "source = \"registry+x\"\ndependencies = [\"b 2.0.0 (registry+x)\", \"c\"]\n",
	 "app 0.1.0 own; a 1.0.0: b 2.0.0, c; "},
	{"Manifest.toml", lock_julia, "[[deps.A]]\nversion = \"1.0\"\ndeps = [\"B\"]\n[[deps.B]]\nuuid = \"x\"\n", "A 1.0: B; "},
	{"Manifest.toml: what is part of Julia itself", lock_julia,
	 "julia_version = \"1.9.0\"\n[[deps.A]]\nuuid = \"ade2ca70-3891-5945-98fb-dc099432e06a\"\n[[deps.B]]\nuuid = \"ade2ca70-3891-5945-98fb-dc099432e06\"\n"
	 "[[deps.B]]\nuuid = \"ade2ca70-3891-5945-98fb-dc099432e06g\"\n[[deps.C]]\npath = \"C\"\n[[deps.D]]\npath = \"D\"\nversion = \"0.1\"\n",
	 "A 1.9.0 (ade2ca70-3891-5945-98fb-dc099432e06a); B 1.9.0; B 1.9.0; D 0.1 own; "},
	{"conda: what is pinned", lock_conda,
	 "name: e\ndependencies:\n  - a=1.0=h1_0\n  - b\n  - c==2.0\n  - d 3.0 h2_1\n  - e=4.*\n  - f>=5\n  - g 6.0|7.0\n  - h =>1\n"
	 "  - i=1.0,<2\n  - conda-forge::j=8.0\n  - k[version='1']\n  - \"=\"\n  - pip:\n    - L_m==9.0\n    - n>=1\n    - -r more.txt\n",
	 "a 1.0; c 2.0; d 3.0; j 8.0; l-m 9.0 (pypi); "},
	{"conda: no text among the packages", lock_conda, "dependencies:\n- a=1\n- 1\n", "a 1; !entry \"dependencies\": neither a package nor a list of pip's"},
	{"conda: pip's that are no list", lock_conda, "dependencies:\n- pip: a==1\n", "!entry \"dependencies\": neither a package nor a list of pip's"},
	{"conda: pip's that are no texts", lock_conda, "dependencies:\n- pip:\n  - x:\n    - a==1\n", "!entry \"pip\": a requirement that is no text"},
	{"conda: no list", lock_conda, "dependencies:\n  a: 1\n", "!environment.yml: dependencies are no list"},
	{"conda: not YAML, and where", lock_conda, "dependencies: [1\nb: 2\n", "!environment.yml:2:2: did not find expected ',' or ']'"},
	{"conda: a file of another program", lock_conda, "{{ a }}\nb: [\n", ""},
	{"pom: properties, management, scopes, ranges", lock_pom,
	 "<project><groupId>g</groupId><version>7</version><properties><v>2</v><w>${v}.1</w></properties>"
	 "<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>m</artifactId><version>5</version>"
	 "</dependency></dependencies></dependencyManagement><dependencies>"
	 "<dependency><groupId>${project.groupId}</groupId><artifactId>a</artifactId><version>${w}</version></dependency>"
	 "<dependency><groupId>g</groupId><artifactId>m</artifactId><scope>test</scope></dependency>"
	 "<dependency><groupId>g</groupId><artifactId>o</artifactId><version>[3]</version><optional>true</optional></dependency>"
	 "<dependency><groupId>g</groupId><artifactId>r</artifactId><version>[1,2)</version></dependency>"
	 "<dependency><groupId>g</groupId><artifactId>s</artifactId><version>${project.version}</version></dependency>"
	 "</dependencies></project>",
	 "g:a 2.1; g:m 5 dev; g:o 3 optional; g:s 7; "},
	{"pom: a property that names itself ends", lock_pom,
	 "<project><properties><v>${v}x</v></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId>"
	 "<version>${v}</version></dependency></dependencies></project>", ""},
	{"pom: not XML, and where", lock_pom, "<project>\n<a></b>", "!pom.xml: line 2: the end of an element that is not open"},
	{"gradle.lockfile", lock_gradle, "# c\ng:a:1.0=compileClasspath,testCompileClasspath\ng:b:2=testRuntimeClasspath\nempty=\n",
	 "g:a 1.0; g:b 2 dev; "},
	{"verification-metadata.xml", lock_gradle_verify,
	 "<v:verification-metadata xmlns:v='x'><components><component version='1' name='a' group='g'/></components>"
	 "</v:verification-metadata>", "g:a 1; "},
	{"libs.versions.toml", lock_gradle_catalog,
	 "[versions]\nv = \"1\"\n[libraries]\na = \"g:a:3\"\nb = { module = \"g:b\", version.ref = \"v\" }\n"
	 "c = { group = \"g\", name = \"c\", version = { strictly = \"[1,2[\", prefer = \"1.5\" } }\n", "g:a 3; g:b 1; "},
	{"build.sbt.lock", lock_sbt, "{\"dependencies\":[{\"org\":\"g\",\"name\":\"a\",\"version\":\"1\",\"configurations\":[\"test\"]}]}",
	 "g:a 1 dev; "},
	{"Gemfile.lock: platforms, git, path", lock_gemfile,
	 "GIT\n  remote: https://h/g.git\n  specs:\n    g (0.1)\n      a (~> 1)\nPATH\n  remote: .\n  specs:\n    app (1.0)\n"
	 "GEM\n  remote: https://r/\n  specs:\n    a (1.0-x86_64-linux)\n      b (>= 2)\n      c\n    b (2.0)\n\nPLATFORMS\n  ruby\n",
	 "g 0.1 <https://h/g.git>: a; app 1.0 own; a 1.0: b, c; b 2.0; "},
	{"composer.lock", lock_composer,
	 "{\"packages\":[{\"name\":\"a/b\",\"version\":\"v1.0\",\"require\":{\"php\":\">=8\",\"c/d\":\"*\"}}],"
	 "\"packages-dev\":[{\"name\":\"e/f\",\"version\":\"2\"}]}", "a/b v1.0: c/d; e/f 2 dev; "},
	{"packages.lock.json", lock_nuget,
	 "{\"dependencies\":{\"net6.0\":{\"A\":{\"type\":\"Direct\",\"resolved\":\"1.0\",\"dependencies\":{\"B\":\"2\"}},"
	 "\"p\":{\"type\":\"Project\"}}}}", "A 1.0: B; "},
	{"project.assets.json", lock_nuget_assets,
	 "{\"targets\":{\"n\":{\"A/1\":{\"dependencies\":{\"B\":\"2\"}}}},\"libraries\":{\"A/1\":{\"type\":\"package\"},"
	 "\"P/1\":{\"type\":\"project\"}}}", "A 1: B; P 1 own; "},
	{"packages.config", lock_nuget_config, " <?xml version=\"1.0\"?><packages><package id='A' version='1' developmentDependency='true'/></packages>",
	 "A 1 dev; "},
	{"a project file: no properties, no ranges", lock_nuget_project,
	 "<Project><ItemGroup><PackageReference Include='A' Version='1'/><PackageVersion Include='B'><Version>[2]</Version></PackageVersion>"
	 "<PackageReference Include='C' Version='$(v)'/><PackageReference Include='D' Version='1.*'/></ItemGroup></Project>",
	 "A 1; B 2; "},
	{"paket.lock", lock_paket, "NUGET\n  remote: x\n    A (1.0)\n      B (>= 2)\n    B (2.1)\nGITHUB\n  remote: o/r\n    f.fs (abc)\n",
	 "A 1.0: B; B 2.1; "},
	{"pubspec.lock", lock_pub,
	 "packages:\n  a:\n    dependency: \"direct dev\"\n    source: hosted\n    version: \"1.0\"\n  s:\n    source: sdk\n    version: \"0.0.0\"\n",
	 "a 1.0 dev; s 0.0.0 own; "},
	{"mix.lock: the package's name, what it needs, git, path", lock_mix,
	 "%{\n  \"x\": {:hex, :a, \"1.0\", \"h\", [:mix], [{:b, \"~> 1\", [hex: :b, repo: \"hexpm\"]}, {:c, \">= 0\", []}], \"hexpm\", \"h\"},\n"
	 "  \"g\": {:git, \"https://h/g\", \"abc\", []},\n  \"p\": {:path, \"../p\"},\n}\n", "a 1.0: b, c; g abc <https://h/g>; "},
	{"rebar.lock", lock_rebar,
	 "{\"1.2.0\",\n[{<<\"x\">>,{pkg,<<\"a\">>,<<\"1.0\">>},0},\n {<<\"g\">>,\n  {git,\"https://h/g\",\n   {ref,\"abc\"}},\n  1}]}.\n[{pkg_hash,[\n {<<\"a\">>, <<\"00\">>}]}].\n",
	 "a 1.0; g abc <https://h/g>; "},
	{"rebar.lock: an entry is broken", lock_rebar, "{\"1.2.0\",[{<<\"a\">>,{pkg,<<\"a\">>}},{<<\"b\">>,{pkg,<<\"b\">>,<<\"2\">>},0}]}.",
	 "b 2; !entry \"{<<\"a\">>,{pkg,<<\"a\">>}},{<<\"b\">>,{pkg,<<\": not a package"},
	{"Package.resolved 1 and 2", lock_swift,
	 "{\"object\":{\"pins\":[{\"package\":\"A\",\"repositoryURL\":\"https://h.x/o/a.git\",\"state\":{\"version\":\"1.0\"}},"
	 "{\"package\":\"B\",\"repositoryURL\":\"git@h.x:o/b.git\",\"state\":{\"revision\":\"abc\"}}]}}", "h.x/o/a 1.0; h.x/o/b abc; "},
	{"Podfile.lock", lock_podfile, "PODS:\n  - A (1.0)\n  - B/C (2.0):\n    - A (~> 1)\n", "A 1.0; B/C 2.0: A; "},
	{"conan.lock 2", lock_conan, "{\"requires\":[\"a/1.0#r%1\"],\"build_requires\":[\"b/2.0@u/c\"]}", "a 1.0; b 2.0 dev; "},
	{"conan.lock 1", lock_conan,
	 "{\"graph_lock\":{\"nodes\":{\"0\":{\"path\":\"c\",\"ref\":\"app/1\"},\"1\":{\"ref\":\"a/1.0#r\",\"requires\":[\"2\"]},"
	 "\"2\":{\"ref\":\"b/2\",\"context\":\"build\"}}}}", "a 1.0: b 2; b 2 dev; "},
	{"renv.lock", lock_renv, "{\"Packages\":{\"a\":{\"Package\":\"a\",\"Version\":\"1.0\",\"Requirements\":[\"b\"]}}}", "a 1.0: b; "},
	{"cabal.project.freeze", lock_cabal, "-- any.x ==1\nconstraints: any.a ==1.0,\n             b ==2.0,\n             b +flag\n", "a 1.0; b 2.0; "},
	{"stack.yaml.lock", lock_stack, "packages:\n- completed:\n    hackage: a-b-1.0@sha256:x,1\n", "a-b 1.0; "},
  /* clang-format on */
};

static void package(void *arg, const struct lang_package *p)
{
	static const char *const scopes[] = {"", " dev", " optional", " own"};
	struct buf *b = arg;
	buf_addf(b, "%.*s %.*s%s", BYTES_FMT(p->name), BYTES_FMT(p->version), scopes[p->scope]);
	if (p->uuid.n)
		buf_addf(b, " (%.*s)", BYTES_FMT(p->uuid));
	if (p->type)
		buf_addf(b, " (%s)", p->type);
	if (p->source.n)
		buf_addf(b, " <%.*s>", BYTES_FMT(p->source));
	struct bytes rest = p->depends, one;
	for (bool is_first = true; bytes_line(&rest, &one); is_first = false)
		buf_addf(b, "%s%.*s", is_first ? ": " : ", ", BYTES_FMT(one));
	buf_adds(b, "; ");
}

static void runs(const struct row *r)
{
	AUTO_BUF struct buf got;
	struct lock_out o;
	struct err e = {.kind = ERR_NONE};
	buf_init(&got, (size_t)MIB(1));
	lock_out_init(&o, package, &got);
	if (r->read(bytes_str(r->text), &o, &e) < 0)
		buf_addf(&got, "!%s", e.msg);
	if (!test_case(bytes_eq(buf_bytes(&got), bytes_str(r->want)), "%s", r->what))
		printf("# got  %s\n# want %s\n", buf_cstr(&got), r->want);
	lock_out_fini(&o);
}

/* ---- bounds ---- */

static void count(void *arg, const struct lang_package *p)
{
	(void)p;
	++*(size_t *)arg;
}

static int reads(lock_reader *read, struct bytes text, size_t *ret_n, struct err *e)
{
	struct lock_out o;
	*ret_n = 0;
	lock_out_init(&o, count, ret_n);
	int rc = read(text, &o, e);
	lock_out_fini(&o);
	return rc;
}

static void bounds(void)
{
	AUTO_BUF struct buf b;
	struct err e;
	size_t n, most = (size_t)LOCK_PACKAGES_MAX;
	buf_init(&b, (size_t)MIB(64));
	for (size_t i = 0; i < most; i++)
		buf_adds(&b, "a 1 h\n");
	test_case(reads(lock_gosum, buf_bytes(&b), &n, &e) == 1 && n == most,
	          "LOCK_PACKAGES_MAX packages");
	buf_adds(&b, "a 1 h\n");
	test_case(reads(lock_gosum, buf_bytes(&b), &n, &e) < 0 && n == most && e.kind == ERR_LIMIT,
	          "one more: %s", e.msg);
	buf_reset(&b);
	for (size_t i = 0; i < (size_t)LANG_LIST_MAX; i++)
		buf_addc(&b, i % 4096 ? '#' : '\n');
	test_case(reads(lock_requirements, buf_bytes(&b), &n, &e) == 1, "LANG_LIST_MAX bytes");
	buf_addc(&b, '\n');
	lock_reader *const sized[] = {lock_requirements, lock_yarn, lock_bun, lock_npm, lock_cargo};
	for (size_t i = 0; i < ARRAY_LEN(sized); i++)
		test_case(reads(sized[i], buf_bytes(&b), &n, &e) < 0 && e.kind == ERR_LIMIT,
		          "one byte more: %s", e.msg);
}

/* A property that names a property that names ..., n of them: the packages that have a version. */
static size_t chain(int64_t n)
{
	AUTO_BUF struct buf b;
	struct err e;
	size_t given;
	buf_init(&b, (size_t)MIB(1));
	buf_adds(&b, "<project><properties><p0>1</p0>");
	for (int64_t i = 1; i < n; i++)
		buf_addf(&b, "<p%jd>${p%jd}</p%jd>", (intmax_t)i, (intmax_t)i - 1, (intmax_t)i);
	buf_addf(&b,
	         "</properties><dependencies><dependency><groupId>g</groupId><artifactId>a"
	         "</artifactId><version>${p%jd}</version></dependency></dependencies></project>",
	         (intmax_t)n - 1);
	return reads(lock_pom, buf_bytes(&b), &given, &e) < 0 ? SIZE_MAX : given;
}

/* One package that needs names of four bytes and their line ends, n bytes in all. */
static int needs(size_t n, struct err *e)
{
	AUTO_BUF struct buf b;
	size_t given;
	buf_init(&b, (size_t)MIB(4));
	buf_adds(&b, "[[package]]\nname='a'\nversion='1'\nsource='r'\ndependencies=[");
	for (size_t i = 4; i <= n; i += 5)
		buf_adds(&b, "'abcd',");
	buf_adds(&b, "]\n");
	int rc = reads(lock_cargo, buf_bytes(&b), &given, e);
	return given == 1 ? rc : -2;
}

int main(void)
{
	struct err e = {.kind = ERR_NONE};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		runs(&rows[i]);
	bounds();
	test_case(chain(POM_ROUNDS_MAX) == 1 && chain(POM_ROUNDS_MAX + 1) == 0,
	          "POM_ROUNDS_MAX properties one behind the other, and one more");
	size_t most = (size_t)LOCK_DEPENDS_MAX;
	test_case(needs(most - most % 5 - 1, &e) == 1, "LOCK_DEPENDS_MAX bytes of what is needed");
	test_case(needs(most + 5, &e) == -1 && strstr(e.msg, "LOCK_DEPENDS_MAX"), "more: %s",
	          e.msg);
	return TEST_END();
}
