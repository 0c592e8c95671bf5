"""Run the command line by `python -m bayesnet`."""

from bayesnet.cli import main

if __name__ == "__main__":
    main()
