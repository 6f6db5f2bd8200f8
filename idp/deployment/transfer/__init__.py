"""All rows of an installation on their way: into a backup, out of one, or from one database to another.

`tables` knows which tables there are and walks them the same way on SQLite and PostgreSQL; `state` compares migrations; `loading`
fills an empty database and checks what it wrote; `archive` is the file, `sealing` its encryption; `copying` goes without a file.
Rows travel as the columns hold them: what is encrypted there stays encrypted.
"""
