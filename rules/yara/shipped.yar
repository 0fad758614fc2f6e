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
