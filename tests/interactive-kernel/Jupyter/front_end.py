"""What kernel_suite.py does not ask: interrupts by message and by signal, input, a stop on error, a restart."""

import os
import select
import signal
import subprocess
import sys
import unittest

from jupyter_client.manager import start_new_kernel

TIMEOUT = 60


class FrontEnd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = start_new_kernel(kernel_name="scheduler-policies", startup_timeout=TIMEOUT)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel()
        assert not cls.manager.is_alive()

    def until(self, request, kind):
        """The next message of a kind that belongs to a request."""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request and message["msg_type"] == kind:
                return message["content"]

    def reply(self, request):
        while True:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def run_cell(self, code):
        return self.reply(self.client.execute(code))

    def test_interrupt_by_message(self):
        request = self.client.execute('Console.WriteLine("runs"); while (true) { }')
        self.until(request, "stream")
        self.manager.interrupt_kernel()
        self.assertEqual(self.reply(request)["ename"], "Interrupted")

    def test_interrupt_by_signal(self):
        request = self.client.execute('Console.WriteLine("runs"); System.Threading.Thread.Sleep(-1);')
        self.until(request, "stream")
        os.kill(self.manager.provisioner.pid, signal.SIGINT)
        self.assertEqual(self.reply(request)["ename"], "Interrupted")
        self.assertEqual(self.run_cell("1 + 1")["status"], "ok")

    def test_input(self):
        request = self.client.execute('"<" + Console.ReadLine() + ">"', allow_stdin=True)
        self.assertEqual(self.client.get_stdin_msg(timeout=TIMEOUT)["msg_type"], "input_request")
        self.client.input("text")
        self.assertEqual(self.until(request, "execute_result")["data"]["text/plain"], "<text>")
        self.reply(request)

    def test_stop_on_error(self):
        failing = self.client.execute('Console.ReadLine(); throw new Exception("no");', allow_stdin=True)
        waiting = self.client.execute("1")
        self.client.get_stdin_msg(timeout=TIMEOUT)
        self.client.input("")
        self.assertEqual(self.reply(failing)["status"], "error")
        self.assertEqual(self.reply(waiting)["status"], "aborted")

    def test_many_lines_arrive_whole_and_in_order(self):
        request = self.client.execute("for (var i = 0; i < 20000; i++) Console.WriteLine(i);")
        text = ""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        self.assertEqual(text.split(), [str(i) for i in range(20000)])
        self.reply(request)

    def test_a_kernel_whose_jupyter_was_killed_ends(self):
        jupyter = subprocess.Popen([sys.executable, "-c", (
            "from jupyter_client.manager import start_new_kernel\n"
            "manager, client = start_new_kernel(kernel_name='scheduler-policies', startup_timeout=60)\n"
            "print(manager.provisioner.pid, flush=True)\n"
            "input()\n"
        )], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        kernel = os.pidfd_open(int(jupyter.stdout.readline()))
        jupyter.kill()
        jupyter.communicate()
        ended, _, _ = select.select([kernel], [], [], TIMEOUT)
        self.assertTrue(ended, "the kernel is still there")

    def test_z_restart_forgets(self):
        self.assertEqual(self.run_cell("var x = 1;")["status"], "ok")
        self.manager.restart_kernel()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.assertEqual(self.run_cell("x")["ename"], "Compilation failed")


if __name__ == "__main__":
    unittest.main()
