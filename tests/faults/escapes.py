"""A corpus of texts that try to leave an expression, a cell, a template or a form file. `{canary}` is a file that must not come to be. Tests only.

Written for this project after the ways that are known to work against evaluators of Python, against Jinja2, and against
the expression languages of Java engines; none is copied from anywhere.
"""
from __future__ import annotations

OPEN = "open('{canary}', 'w')"
IMPORT = "__import__('os').system('touch {canary}')"

PYTHON = [
    IMPORT, OPEN, f"eval(\"{IMPORT}\")", f"exec(\"{IMPORT}\")", "compile('1', '', 'eval')", "globals()", "locals()", "vars()", "dir()", "breakpoint()",
    "().__class__", "().__class__.__base__.__subclasses__()", "[].__class__.__mro__[1].__subclasses__()[0]", "''.__class__.__mro__[-1].__subclasses__()",
    "{}.__class__.__bases__[0].__subclasses__()", "(1).__class__.__base__", "(lambda: 0).__globals__", "(lambda: 0).__code__.co_consts", "(lambda f: f(f))(lambda f: f(f))",
    "(x for x in [1]).gi_frame.f_back.f_globals", "(x for x in [1]).gi_code", "[x for x in [1]]", "{x for x in [1]}", "{x: x for x in [1]}", "[*'ab']", "{**{}}",
    "f'{().__class__}'", "f\"{open('{canary}','w')}\"", "'{0.__class__}'.format(1)", "'{0.__init__.__globals__}'.format(form)", "'%s' % ().__class__",
    "str.format('{0.__class__}', 1)", "''.join.__self__", "getattr((), '__class__')", "setattr(form, 'x', 1)", "delattr(form, 'x')", "hasattr(form, '__class__')",
    "type('X', (), {})", "type(form)", "object()", "super()", "help()", "input()", "print(open('/etc/passwd').read())", "open('/etc/passwd').read()", "exit()", "quit()",
    "(yield)", "await x", "async def f(): pass", "import os", "from os import system", f"import os; {IMPORT}", "x := 1", "(x := open)('{canary}', 'w')", "lambda: 1",
    "try: pass\nexcept* E: pass", "with open('{canary}', 'w') as f: pass", "class X: pass", "def f(): pass", "while True: pass", "for x in y: pass", "raise KeyError(1)",
    "assert 0", "del form", "global x", "nonlocal x", "match x:\n case _: pass", "form.__class__.__init__.__globals__['os']", "form['__class__']['__base__']", "case.__dict__",
    "vars.__class__", "actor.__reduce__()", "form.__reduce_ex__(4)", "today.__class__.today()", "now.__class__.fromtimestamp(0)", "().__doc__", "_walked", "_f_join([1], \"\")",
    "_add(1, 2)", "p0", "m1", "__builtins__", "__loader__.load_module('os')", "__spec__", "license.__init__.__globals__", "help.__call__.__func__", "sys.modules", "os.environ",
    "subprocess.run(['touch', '{canary}'])", "socket.socket()", "ctypes.CDLL(None)", "pickle.loads(b'')", "string.Formatter().format('{0.__class__}', 1)", "operator.attrgetter('__class__')(1)",
    "json.codecs.sys.modules['os'].system('touch {canary}')", "form.a.b.c.constructor.constructor('return 1')()", "\uff3f\uff3fimport\uff3f\uff3f('os')", "__ｉｍｐｏｒｔ__('os')", "ｅval('1')",
    "\\x5f\\x5fimport\\x5f\\x5f('os')", "\"\\u005f\\u005fclass\\u005f\\u005f\".format(1)", "`touch {canary}`", "$(touch {canary})", "| touch {canary}", "'; touch {canary}; '", "a = open",
]
JAVA = [
    "${T(java.lang.Runtime).getRuntime().exec('touch {canary}')}", "#{''.getClass().forName('java.lang.Runtime')}", "${''.class.forName('java.lang.Runtime')}", "@java.lang.Runtime@getRuntime()",
    "new java.lang.ProcessBuilder('touch', '{canary}').start()", "execution.setVariable('x', 1)", "${execution.engineServices}", "#set($x=1)", "<#assign x=1>", "%{1+1}", "${jndi:ldap://127.0.0.1/x}",
    "this.constructor.constructor('return process')()", "process.mainModule.require('child_process')", "require('fs').writeFileSync('{canary}','x')", "Java.type('java.lang.System').exit(0)",
    "java.lang.System.exit(0)", "def x = 'touch {canary}'.execute()", "`${process.env}`", "import java.io.File", "=cmd|' /C calc'!A0",
]
JINJA = [
    "{{ ().__class__ }}", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ x.__init__.__globals__ }}", "{{ x|attr('__class__') }}", "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ x|attr(['_'*2,'class','_'*2]|join) }}", "{{ ['__class__']|map('attr')|list }}", "{{ [x]|map(attribute='__class__')|list }}", "{{ [x]|map('attr', '__class__')|list }}", "{{ [x]|groupby('__class__') }}",
    "{{ [x]|sort(attribute='__class__') }}", "{{ [x]|selectattr('__class__')|list }}", "{{ [x]|sum(attribute='__class__') }}", "{{ [x]|unique(attribute='__class__')|list }}", "{{ [x]|max(attribute='__class__') }}",
    "{{ '{0.__class__}'.format(x) }}", "{{ '{0.__class__}'|format(x) }}", "{{ '%s'|format(x.__class__) }}", "{{ ('{0.__class__}').format_map({'0': x}) }}", "{{ self.__class__ }}", "{{ self._TemplateReference__context }}",
    "{{ config }}", "{{ request.application }}", "{{ url_for.__globals__ }}", "{{ get_flashed_messages.__globals__ }}", "{{ g.pop.__globals__ }}", "{{ cycler.__init__.__globals__.os }}", "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}", "{{ lipsum.__globals__ }}", "{{ range.__class__ }}", "{{ dict.__base__ }}", "{{ dict.mro() }}", "{{ blank.__globals__ }}", "{{ (blank).__code__ }}", "{{ cn_date.__globals__ }}",
    "{% set x = ().__class__ %}{{ x }}", "{% for c in ().__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}", "{% include '/etc/passwd' %}", "{% include '../../../../etc/passwd' %}", "{% import '/etc/passwd' as p %}",
    "{% extends '/etc/passwd' %}", "{% extends ['/etc/passwd'] %}", "{% from '/etc/passwd' import x %}", "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{{ m() }}", "{% macro m() %}{{ m.__init__.__globals__ }}{% endmacro %}{{ m() }}",
    "{% call(x) self.__init__() %}{% endcall %}", "{{ loop.__class__ }}", "{% for a in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}", "{% set n = namespace() %}{% set n.__class__ = 1 %}", "{% do x.append(1) %}",
    "{{ x.append(1) }}", "{{ x.clear() }}", "{{ d.update(a=1) }}", "{{ d.pop('a') }}", "{{ d.setdefault('z', 1) }}", "{{ x.__setitem__(0, 1) }}", "{{ x.__add__.__self__ }}", "{{ ''.join.__self__ }}", "{{ (1).to_bytes.__self__.__class__ }}",
    "{{ 'a'.encode().__class__ }}", "{{ '\\u005f\\u005fclass'.__len__() }}", "{% filter attr('__class__') %}x{% endfilter %}", "{{ 'x' is callable.__class__ }}", "{{ x.0.__class__ }}", "{{ x[0]['__class__'] }}", "{{ x['__cla' ~ 'ss__'] }}",
    "{{ d.items().__class__ }}", "{{ d.__getitem__.__objclass__ }}", "{% trans %}{{ x }}{% endtrans %}", "{% debug %}", "{% raw %}{{ x }}{% endraw %}{{ ().__class__ }}", "{{ \"\" | qr | attr('__class__') }}", "{{ d | tojson | attr('__class__') }}",
    "{{ (x | pprint).__class__ }}", "{{ x | xmlattr }}", "{{ {'onload=': 1, 'a b': 2} | xmlattr }}", "{{ environment }}", "{{ _.__globals__ }}", "{{ __import__('os') }}", "{{ open('{canary}', 'w') }}", "{{ ''|attr('__class__')|attr('__mro__') }}",
]
YAML = [
    "!!python/object/apply:os.system ['touch {canary}']", "!!python/object/new:os.system ['touch {canary}']", "!!python/name:os.system", "!!python/module:os", "!!python/object:os.environ {}", "!!python/tuple [1, 2]",
    "!!python/object/apply:subprocess.Popen [[touch, '{canary}']]", "!!python/object/apply:builtins.eval [\"open('{canary}','w')\"]", "!<tag:yaml.org,2002:python/name:os.system> x", "!ruby/object:Gem::Requirement {}",
    "!!binary aGVsbG8=", "!!set {a, b}", "!!omap [a: 1]", "!x y", "&a [*a]", "&a {b: *a}", "!!js/function 'function(){}'", "!include /etc/passwd", "!ENV ${SECRET}", "!!pairs [a: 1]",
]
EXPRESSIONS = PYTHON + JAVA
