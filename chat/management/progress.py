"""How far a long command is: a bar on a terminal, a line per step elsewhere."""

from django.core.management.base import OutputWrapper

WIDTH = 30


class ProgressLine:
    """Draws what it is told; made for `chat.services.archive.Progress`."""

    def __init__(self, output: OutputWrapper, titles: dict[str, str]) -> None:
        """`titles` has the words for each step."""
        self._output = output
        self._titles = titles
        self._step = ""
        self._shown = -1

    def __call__(self, step: str, done: int, whole: int) -> None:
        """Show that `done` of `whole` of a step is done."""
        if not self._output.isatty():
            if step != self._step:
                self._write(f"{self._titles[step]} …\n")
            self._step = step
            return
        if step != self._step:
            self.end()
            self._step, self._shown = step, -1
        percent = 100 * done // max(whole, 1)
        if percent != self._shown:
            self._shown = percent
            filled = WIDTH * percent // 100
            bar = "█" * filled + "·" * (WIDTH - filled)
            self._write(f"\r{self._titles[step]:<10} {bar} {percent:3d} %")

    def end(self) -> None:
        """Leave the bar's line."""
        if self._step and self._output.isatty():
            self._write("\n")
            self._step = ""

    def _write(self, text: str) -> None:
        # Without the red that the error output writes in.
        self._output.write(text, style_func=str, ending="")
        self._output.flush()
