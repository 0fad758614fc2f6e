/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules that every scan for malware uses.  Each says what it means, why it matters and what to
 * do; tests/judge/malware.py has a sample that it must hit and one that it must miss.
 */

rule eicar_test_file {
	meta:
		title = "EICAR test file"
		severity = "high"
		why = "It is harmless, and there to see whether scanners look: it proves that what stands here is not checked elsewhere"
		repair = "Delete it"
		source = "https://www.eicar.org"
	strings:
		$part = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24 45 49 43 41 52 }
		$end = "-ANTIVIRUS-TEST-FILE!$H+H*"
	condition:
		$part and $end
}

rule upx_packed_program {
	meta:
		title = "Program packed with UPX"
		severity = "medium"
		why = "What a packed program does cannot be seen before it runs; malware is packed to look like nothing that is known"
		repair = "Ship the program as it was linked"
		source = "ATT&CK T1027.002"
	strings:
		$mark = "UPX!"
		$info = "$Info: This file is packed with the UPX executable packer"
	condition:
		uint32(0) == 0x464c457f and ($info or #mark > 1)
}

rule reverse_shell_script {
	meta:
		title = "Script that hands a shell to another machine"
		severity = "critical"
		why = "Whoever listens there commands the container"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1059.004"
	strings:
		$bash = /(ba|z|k)?sh -i [^\n]{0,20}\/dev\/(tcp|udp)\/[0-9a-z.-]{1,80}\/[0-9]{1,5}/
		$exec = /exec [0-9]{1,3}<>\/dev\/tcp\/[0-9a-z.-]{1,80}\/[0-9]{1,5}[^\n]{0,80}(sh (-i )?<&|while read)/
		$nc = /mkfifo [^\n]{1,80}\|[^\n]{0,20}sh -i[^\n]{0,20}\|[^\n]{0,10}nc /
		$py = /socket\.socket\([^\n]{1,200}os\.dup2\([^\n]{1,200}\/bin\/(ba)?sh/
	condition:
		filesize < 1MB and any of them
}

rule web_shell_php {
	meta:
		title = "Web shell in PHP"
		severity = "critical"
		why = "Whoever can reach the page runs commands of their own"
		repair = "Delete it, and find out how it came here"
		source = "ATT&CK T1505.003"
	strings:
		$php = "<?php" nocase
		$eval = /(eval|assert|system|passthru|shell_exec|popen|proc_open)[ \t]*\([ \t]*(base64_decode[ \t]*\([ \t]*)?\$_(GET|POST|REQUEST|COOKIE)[ \t]*\[/ nocase
	condition:
		$php and $eval and filesize < 2MB
}

rule web_shell_jsp {
	meta:
		title = "Web shell in JSP"
		severity = "critical"
		why = "Whoever can reach the page runs commands of their own"
		repair = "Delete it, and find out how it came here"
		source = "ATT&CK T1505.003"
	strings:
		$jsp = "<%"
		$run = /getRuntime\(\)[ \t]*\.[ \t]*exec[ \t]*\([ \t]*request[ \t]*\.[ \t]*getParameter/
	condition:
		$jsp and $run and filesize < 1MB
}

rule coin_miner_program {
	meta:
		title = "Program that mines for somebody"
		severity = "high"
		why = "It spends the processors of whoever runs the image"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1496"
	strings:
		$pool = /stratum\+(tcp|ssl):\/\// ascii
		$donate = "donate-level"
		$login = "mining.subscribe"
		$hash = "cryptonight"
		$random = "randomx"
	condition:
		2 of them and ($pool or $login) and (uint32(0) == 0x464c457f or uint16(0) == 0x5a4d)
}

rule coin_miner_configuration {
	meta:
		title = "Configuration of a program that mines"
		severity = "high"
		why = "It tells a miner whom to mine for"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1496"
	strings:
		$pools = "\"pools\"" 
		$donate = "\"donate-level\""
		$url = "\"url\""
	condition:
		$pools and $donate and $url and filesize < 1MB
}

rule web_shell_asp {
	meta:
		title = "Web shell in ASP"
		severity = "critical"
		why = "Whoever can reach the page runs commands of their own"
		repair = "Delete it, and find out how it came here"
		source = "ATT&CK T1505.003"
	strings:
		$asp = "<%"
		// all that may stand behind "request" but for blanks, so that there is more to look for than a word of every day
		$eval1 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request\(/ nocase
		$eval2 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request\.item[ \t]*\(/ nocase
		$eval3 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request \(/ nocase
		$eval4 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request \.item[ \t]*\(/ nocase
		$eval5 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request  [ \t]*(\.item[ \t]*)?\(/ nocase
		$eval6 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request \t[ \t]*(\.item[ \t]*)?\(/ nocase
		$eval7 = /(eval|execute|executeglobal)[ \t]*\(?[ \t]*request\t[ \t]*(\.item[ \t]*)?\(/ nocase
	condition:
		$asp and any of ($eval*) and filesize < 1MB
}

rule web_shell_aspx {
	meta:
		title = "Web shell in ASP.NET"
		severity = "critical"
		why = "Whoever can reach the page runs commands of their own"
		repair = "Delete it, and find out how it came here"
		source = "ATT&CK T1505.003"
	strings:
		$page = "<%@" nocase
		$start = "ProcessStartInfo"
		$asked = /Request(\.Form|\.QueryString|\.Item|\.Params)?\[/
		$shell = "cmd.exe" nocase
		$unix = "/bin/sh"
	condition:
		$page and $start and $asked and ($shell or $unix) and filesize < 1MB
}

rule web_shell_php_wrapped {
	meta:
		title = "PHP that unwraps itself and runs what comes out"
		severity = "high"
		why = "Pages hide so what they do: web shells, redirections, spam"
		repair = "Delete it, and find out how it came here"
		source = "ATT&CK T1027"
	strings:
		$php = "<?php" nocase
		$eval = /(eval|assert)[ \t]*\([ \t]*(gzinflate|gzuncompress|str_rot13|base64_decode|strrev)[ \t]*\([ \t]*(base64_decode|str_rot13|gzinflate|strrev)[ \t]*\(/ nocase
	condition:
		$php and $eval and filesize < 5MB
}

rule web_shell_php_pattern {
	meta:
		title = "PHP that runs what a request sends as a pattern"
		severity = "critical"
		why = "The modifier e of preg_replace runs its replacement; so whoever can reach the page runs code of their own"
		repair = "Delete it, and find out how it came here"
		source = "ATT&CK T1505.003, CWE-95"
	strings:
		$php = "<?php" nocase
		$run = /preg_replace[ \t]*\([ \t]*["'][^\n"']{1,60}\/[imsxu]*e[imsxu]*["'][ \t]*,[ \t]*\$_(GET|POST|REQUEST|COOKIE)/ nocase
	condition:
		$php and $run and filesize < 2MB
}

rule reverse_shell_perl {
	meta:
		title = "Perl that hands a shell to another machine"
		severity = "critical"
		why = "Whoever listens there commands the container"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1059.006"
	strings:
		$socket = "use Socket"
		$connect = "connect("
		$in = /open\([ \t]*STDIN[ \t]*,[ \t]*["']>&/
		$shell = /exec[ \t]*\(?[ \t]*[{"']+\/bin\/(ba)?sh/
	condition:
		$socket and $connect and $in and $shell and filesize < 1MB
}

rule reverse_shell_php {
	meta:
		title = "PHP that hands a shell to another machine"
		severity = "critical"
		why = "Whoever listens there commands the container"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1059"
	strings:
		$open = "fsockopen("
		$shell = /["'](\/bin\/(ba)?sh|uname -a; w; id; \/bin\/sh) -i/
		$run = "proc_open"
		$exec = "exec("
	condition:
		$open and $shell and ($run or $exec) and filesize < 1MB
}

rule reverse_shell_ruby {
	meta:
		title = "Ruby that hands a shell to another machine"
		severity = "critical"
		why = "Whoever listens there commands the container"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1059"
	strings:
		$open = /TCPSocket\.(open|new)\([^\n]{1,80}\)/
		$exec = /exec[ \t(]+(sprintf\()?["']\/bin\/(ba)?sh -i/
		$popen = /IO\.popen\(cmd/
	condition:
		$open and ($exec or $popen) and filesize < 1MB
}

rule reverse_shell_node {
	meta:
		title = "JavaScript that hands a shell to another machine"
		severity = "critical"
		why = "Whoever listens there commands the container"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1059.007"
	strings:
		$spawn = /spawn\([ \t]*["']\/bin\/(ba)?sh["']/
		$in = /\.pipe\([ \t]*[a-z]{1,20}\.stdin[ \t]*\)/
		$out = /\.stdout\.pipe\(/
		$net = /\.connect\([ \t]*[0-9]{1,5}[ \t]*,/
	condition:
		$spawn and $in and $out and $net and filesize < 1MB
}

rule reverse_shell_powershell {
	meta:
		title = "PowerShell that hands a shell to another machine"
		severity = "critical"
		why = "Whoever listens there commands the container"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1059.001"
	strings:
		$client = "Net.Sockets.TCPClient(" nocase
		$stream = ".GetStream()" nocase
		$iex = "iex" nocase fullword
		$invoke = "Invoke-Expression" nocase
	condition:
		$client and $stream and ($iex or $invoke) and filesize < 1MB
}

rule dropper_first_folder {
	meta:
		title = "Script that fetches a program into whatever folder it may write"
		severity = "critical"
		why = "Worms begin so on the machines that they get into"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1105"
	strings:
		$folders = /cd \/tmp[ \t]*\|\|[ \t]*cd \/(var|dev|mnt|run|root)/
		$wget = "wget "
		$curl = "curl "
		$tftp = "tftp "
		$mode = /chmod (\+x|777|0?755)/
	condition:
		$folders and any of ($wget, $curl, $tftp) and $mode and filesize < 1MB
}

rule dropper_base64_shell {
	meta:
		title = "Shell commands hidden in Base64"
		severity = "high"
		why = "Nobody sees what is run"
		repair = "Find out what it does and who wrote it; write it as what it is"
		source = "ATT&CK T1027, T1140"
	strings:
		$run1 = /echo[ \t]+(-n[ \t]+)?["']?[A-Za-z0-9+\/]{40,4000}={0,2}["']?[ \t]*\|[ \t]*base64 (-d|-D|--decode)[ \t]*\|[ \t]*(sudo[ \t]+)?(\/bin\/)?(ba|da|z)?sh/
		$run2 = /echo[ \t]+(-n[ \t]+)?["']?[A-Za-z0-9+\/]{40,4000}={0,2}["']?[ \t]*\|[ \t]*base64  [ \t]*(-d|-D|--decode)[ \t]*\|[ \t]*(sudo[ \t]+)?(\/bin\/)?(ba|da|z)?sh/
		$run3 = /echo[ \t]+(-n[ \t]+)?["']?[A-Za-z0-9+\/]{40,4000}={0,2}["']?[ \t]*\|[ \t]*base64 \t[ \t]*(-d|-D|--decode)[ \t]*\|[ \t]*(sudo[ \t]+)?(\/bin\/)?(ba|da|z)?sh/
		$run4 = /echo[ \t]+(-n[ \t]+)?["']?[A-Za-z0-9+\/]{40,4000}={0,2}["']?[ \t]*\|[ \t]*base64\t[ \t]*(-d|-D|--decode)[ \t]*\|[ \t]*(sudo[ \t]+)?(\/bin\/)?(ba|da|z)?sh/
	condition:
		any of ($run*) and filesize < 2MB
}

rule dropper_python_wrapped {
	meta:
		title = "Python that unwraps itself and runs what comes out"
		severity = "high"
		why = "Nobody sees what is run; packages that steal hide so"
		repair = "Find out what it does and who wrote it; remove the package"
		source = "ATT&CK T1027, T1140"
	strings:
		$exec = /(exec|eval)\([ \t]*(zlib\.decompress\(|marshal\.loads\(|__import__\(["'](zlib|marshal)["']\)\.(decompress|loads)\()?[ \t]*(base64\.b64decode|__import__\(["']base64["']\)\.b64decode)\([ \t]*b?["'][A-Za-z0-9+\/]{40}/
		$decode = "b64decode" // in all that the other matches, and what files are searched for
	condition:
		$decode and $exec and filesize < 5MB
}

rule dropper_node_wrapped {
	meta:
		title = "JavaScript that unwraps itself and runs what comes out"
		severity = "high"
		why = "Nobody sees what is run; packages that steal hide so"
		repair = "Find out what it does and who wrote it; remove the package"
		source = "ATT&CK T1027, T1140"
	strings:
		$eval = /(eval|new Function)\([ \t]*(Buffer\.from|atob|new Buffer)\([ \t]*["'][A-Za-z0-9+\/]{40}/
		$from1 = "Buffer.from(" // one is in all that the other matches: these are searched for
		$from2 = "atob("
		$from3 = "new Buffer("
	condition:
		any of ($from*) and $eval and filesize < 5MB
}

rule backdoor_authorized_key {
	meta:
		title = "Script that adds a key to those who may log in"
		severity = "high"
		why = "Whoever has the other half logs in whenever they want"
		repair = "Find out whose key it is; keys belong into the deployment, not into an image"
		source = "ATT&CK T1098.004"
	strings:
		$add = /echo[^\n]{1,10}ssh-(rsa|ed25519|dss) [A-Za-z0-9+\/=]{40,1200}[^\n]{0,200}>{1,2}[^\n]{0,80}authorized_keys/
	condition:
		$add and filesize < 2MB
}

rule root_kit_preload {
	meta:
		title = "Library that hides files from every program"
		severity = "critical"
		why = "It stands before the C library and leaves out what its owner wants hidden"
		repair = "Build the image anew from sources that are known"
		source = "ATT&CK T1014, T1574.006"
	strings:
		$preload = "/etc/ld.so.preload"
		$next = "dlsym"
		$dir = "readdir64"
		$proc = "/proc/self/fd/%d"
		$tcp = "/proc/net/tcp"
	condition:
		uint32(0) == 0x464c457f and $preload and $next and $dir and ($proc or $tcp) and filesize < 5MB
}

rule bot_gafgyt {
	meta:
		title = "Program of a network of bots (Gafgyt and its like)"
		severity = "critical"
		why = "It takes commands from elsewhere, floods others and spreads"
		repair = "Build the image anew from sources that are known"
		source = "ATT&CK T1498, T1583.005"
	strings:
		$ip = "GETLOCALIP"
		$kill = "KILLATTK"
		$leave = "LOLNOGTFO"
		$scan = "SCANNER ON"
		$junk = "JUNK Flooding"
	condition:
		uint32(0) == 0x464c457f and 3 of them
}

rule coin_miner_rivals {
	meta:
		title = "Script that ends other people's miners"
		severity = "high"
		why = "Those who mine on stolen machines drive each other out so"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1496, T1489"
	strings:
		$end = /(pkill|killall|kill)[ \t]+-9?[ \t]?/
		$k1 = "kdevtmpfsi"
		$k2 = "kinsing"
		$k3 = "xmrig"
		$k4 = "watchbog"
		$k5 = "minerd"
		$k6 = "kthreaddi"
	condition:
		$end and 2 of ($k*) and filesize < 1MB and uint32(0) != 0x464c457f
}

rule shc_packed_script {
	meta:
		title = "Shell script packed into a program (shc)"
		severity = "medium"
		why = "What the script does cannot be read; droppers are packed so"
		repair = "Ship the script as it was written"
		source = "ATT&CK T1027.002"
	strings:
		$argv = "neither argv[0] nor $_ works."
		$rest = "has expired!"
		$key = "<null>"
	condition:
		uint32(0) == 0x464c457f and $argv and ($rest or $key)
}

rule python_packed_program {
	meta:
		title = "Python packed into a program (PyInstaller)"
		severity = "low"
		why = "It unpacks itself into a folder for temporary files, and its packages are in no list"
		repair = "Install the program and its packages as such, or know who built it"
		source = "ATT&CK T1027.002"
	strings:
		$mei = "_MEIPASS"
		$boot = "PYZ-00.pyz"
		$cookie = { 4D 45 49 0C 0B 0A 0B 0E }
	condition:
		uint32(0) == 0x464c457f and $mei and ($boot or $cookie)
}

rule escape_by_cgroup {
	meta:
		title = "Script that breaks out of a container by a release agent"
		severity = "critical"
		why = "The kernel runs a release agent as root of the host"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1611, CVE-2022-0492"
	strings:
		$mount = /mount -t cgroup /
		$agent = /> ?["']?[^\n]{0,80}release_agent/
		$notify = "notify_on_release"
	condition:
		all of them and filesize < 1MB
}

rule meterpreter {
	meta:
		title = "Meterpreter, with which machines are commanded from elsewhere"
		severity = "critical"
		why = "It is made for breaking in; nothing that serves needs it"
		repair = "Build the image anew from sources that are known"
		source = "ATT&CK S0002, T1219"
	strings:
		$m1 = "stdapi_sys_config_getuid"
		$m2 = "stdapi_fs_delete_file"
		$m3 = "core_channel_open"
		$m4 = "core_transport_list"
		$m5 = "stdapi_net_config_get_interfaces"
	condition:
		2 of them
}

rule package_sends_environment {
	meta:
		title = "JavaScript that sends all variables of the environment away"
		severity = "high"
		why = "Tokens of builds and services stand there: packages that steal begin so"
		repair = "Remove the package, and revoke what the environment held"
		source = "ATT&CK T1552.007, T1195.002"
	strings:
		$env = /JSON\.stringify\([ \t]*process\.env[ \t]*[,)]/
		$host = "hostname()"
		$send1 = /https?\.request\(/
		$send2 = ".post("
		$send3 = "fetch("
		$send4 = /dns\.(lookup|resolve)/
	condition:
		$env and $host and any of ($send*) and filesize < 1MB
}

rule package_setup_fetches {
	meta:
		title = "Python package that runs what it fetches while it is installed"
		severity = "high"
		why = "Packages with names like known ones begin so"
		repair = "Remove the package, and revoke what the build could read"
		source = "ATT&CK T1195.002, T1105"
	strings:
		$setup = "setup("
		$class = "cmdclass"
		$fetch1 = "urlopen("
		$fetch2 = "requests.get("
		$fetch3 = "urlretrieve("
		$run = /(exec\(|os\.system\(|subprocess\.(Popen|call|run)\()/
		$hidden1 = "b64decode("
		$hidden2 = "tempfile"
		$hidden3 = "-WindowStyle" nocase
	condition:
		$setup and $class and $run and any of ($fetch*) and any of ($hidden*) and filesize < 1MB
}

rule traces_wiped {
	meta:
		title = "Script that wipes its traces"
		severity = "high"
		why = "Who has nothing to hide leaves logs and history alone"
		repair = "Find out who put it there, and build the image anew from sources that are known"
		source = "ATT&CK T1070"
	strings:
		$history = /unset HISTFILE|export HISTFILE=\/dev\/null|history -c/
		$w1 = /> ?\/var\/log\/(wtmp|btmp|lastlog|auth\.log|secure)/
		$w2 = /rm -r?f \/var\/log\/(wtmp|btmp|lastlog|auth\.log|secure)/
	condition:
		$history and any of ($w*) and filesize < 1MB
}
