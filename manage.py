#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
    from idp.deployment.command_line import main  # settings must be named first

    main(sys.argv)
