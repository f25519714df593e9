"""Measures the functions as Lambda runs them: bench/run.

Each measured process is a JVM with the flags that template.yaml and Lambda give it and the heap that Lambda gives for
its memory. In it, AWS's runtime interface client loads the unpacked artifact by its own class loader, as Lambda does,
and talks to a stub of Lambda's runtime API. AWS is a stub too, with TLS, which answers from an account that this
process holds. Both listen on 127.0.0.1 only.

- functions.py: the functions of template.yaml, and what each one's environment holds.
- inputs.py: what each is asked; what others have to answer first is asked of them first.
- account.py: the simulated account; stubs.py: the two servers.
- artifacts.py: what is measured: target/spawn.zip, and the naive functions of naive/.
- runs.py: one measured process, and rounds of them.
- table.py: what comes of them, beside the goals.
"""
