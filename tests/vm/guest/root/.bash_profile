[ "$(tty)" = /dev/tty1 ] && exec startx -- :0 vt1 -nolisten tcp > /var/log/startx.log 2>&1
