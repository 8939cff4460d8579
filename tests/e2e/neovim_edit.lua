-- Neovim with a file open and text typed that is not saved. Claude may edit it; then `u` is pressed,
-- the file is saved, and Claude edits again. What is to be seen goes to the file OUT, as JSON.

local seen = { results = {}, asked = {} }
vim.ui.select = function(items, options, choose)
  table.insert(seen.asked, options.prompt)
  choose(items[1], 1)
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

vim.cmd.edit(vim.env.FILE)
local client = vim.lsp.get_client_by_id(vim.lsp.start({
  name = "claude-sidecar",
  cmd = { vim.env.PYTHON, "-m", "claude_sidecar", "serve" },
  root_dir = vim.fn.getcwd(),
  capabilities = vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), {
    experimental = { claudeSidecar = { saves = true } },
  }),
  handlers = { -- as the README has it
    ["claudeSidecar/saveDocument"] = function(_, params)
      local buffer = vim.uri_to_bufnr(params.uri)
      vim.api.nvim_buf_call(buffer, function() vim.cmd("silent write") end)
      return { saved = not vim.bo[buffer].modified }
    end,
  },
}))
assert(vim.wait(20000, function() return client.initialized end), "not initialized")

vim.cmd.normal({ 'Iface = "😀é"; ', bang = true })
vim.o.undolevels = vim.o.undolevels -- ends the step that `u` undoes, as going on by hand does
seen.typed = lines()
local function run(step)
  local params = { command = "claudeSidecar." .. step[1], arguments = step[2] and { step[2] } }
  local answer = client:request_sync("workspace/executeCommand", params, 40000)
  table.insert(seen.results, answer and (answer.err or answer.result) or vim.NIL)
end
local steps = vim.json.decode(vim.env.STEPS)
run(steps[1])
seen.edited = lines()
seen.on_disk = vim.fn.readfile(vim.env.FILE)
vim.cmd.normal({ "u", bang = true })
seen.undone = lines()
vim.cmd("silent write")
run(steps[2])
seen.saved = vim.fn.readfile(vim.env.FILE)
seen.modified = vim.bo.modified

client:stop()
vim.wait(20000, function() return client:is_stopped() end)
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.OUT)
vim.cmd("qall!")
